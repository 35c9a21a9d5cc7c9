// A fixture: one exchange through the plugin, from the client's request to the client's answer. Every `*.yaml` below
// fixtures/ is one; what it does not name is not compared.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const folder = join(import.meta.dirname, "../fixtures");

export interface Message {
  method?: string;
  path?: string;
  status?: number;
  headers?: Record<string, string>;
  /** Absent: no body at all. */
  body?: string;
}

export interface Fixture {
  name: string;
  /** A target of fixtures/configuration.yaml. */
  target: string;
  request: Message;
  /** What the provider gets; null: nothing. */
  provider?: (Message & { without?: string[] }) | null;
  answer?: Message;
  /** What the client gets. */
  client?: Message & { without?: string[] };
  /** Filter state `weir.*`, whole. */
  properties?: Record<string, string>;
}

export const configuration = readYaml("configuration.yaml") as { targets: Record<string, object> };

export const fixtures: Fixture[] = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.includes("/") && file.endsWith(".yaml"))
  .sort()
  .map((file) => ({ name: file.replace(/\.yaml$/, ""), ...(readYaml(file) as Omit<Fixture, "name">) }));

function readYaml(file: string): unknown {
  return parse(readFileSync(join(folder, file), "utf8"));
}
