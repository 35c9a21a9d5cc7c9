// The catalogue as one file, for a web server that knows nothing of it. A file does not know when anything has changed,
// so it tells no times.
import type { Market } from "../model/market.ts";
import { Catalogue, officialKey, type Json } from "./catalogue.ts";

interface Page {
  servers: { server: Json; _meta: Record<string, Json> }[];
  metadata: { nextCursor?: string };
}

/** What `/v0.1/servers` would answer if all were on one page. */
export function marketFile(market: Pick<Market, "entries">): string {
  const catalogue = new Catalogue();
  catalogue.update(market, new Date(0));
  const servers: Json[] = [];
  let cursor: string | undefined = "";
  while (cursor !== undefined) {
    const page = catalogue.list({ cursor, limit: "100" }) as unknown as Page;
    servers.push(...page.servers.map(({ server, _meta }) => ({ server, _meta: { [officialKey]: timeless(_meta) } })));
    cursor = page.metadata.nextCursor;
  }
  return `${JSON.stringify({ servers, metadata: { count: servers.length } }, null, 2)}\n`;
}

function timeless({ [officialKey]: meta = {} }: Record<string, Json>): Json {
  return Object.fromEntries(Object.entries(meta).filter(([name]) => !name.endsWith("At")));
}
