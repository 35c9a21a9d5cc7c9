// `market`: the catalogue of MCP servers, in the form of the MCP registry.
import { isIP } from "node:net";
import { z } from "zod";
import { readAddress } from "./http.ts";
import { freeMap } from "./mcp-content.ts";
import { flag, integer, Mistake, scalar, text } from "./scalar.ts";
import { urlText } from "./url.ts";

const address = scalar({ form: "IP address", type: "string" }, (value) =>
  readAddress(value, (text) => isIP(text) !== 0),
);

const namespace = text((value) =>
  /^[a-zA-Z0-9-]+(\.[a-zA-Z0-9-]+)+$/.test(value)
    ? value
    : new Mistake("is no domain in reverse", "Write your domain from its end, such as com.example"),
);

const entry = z.strictObject({
  file: text()
    .optional()
    .describe("A file in the registry's form, `server.json`; relative to this file.")
    .meta({ sample: "market/search.json" }),
  server: freeMap()
    .optional()
    .describe("The same, written here.")
    .meta({ sample: { name: "com.example/search", description: "Searches the wiki", version: "1.0.0" } }),
  enabled: flag()
    .prefault(true)
    .describe("`false` takes it out of the catalogue; who asks for changes sees it deleted."),
  deprecated: text()
    .optional()
    .describe("Why it should not be used any more, which clients are told.")
    .meta({ sample: "Use version 2" }),
});

export const marketSchema = z.strictObject({
  address: address
    .prefault("127.0.0.1")
    .describe("The address to listen on. It has no TLS, and asks for no key: put a proxy before it."),
  port: integer({ min: 1, max: 65_535 }).prefault(18_003).describe("The port to listen on."),
  namespace: namespace
    .describe("What the names of this gateway's servers begin with: a domain of yours in reverse.")
    .meta({ sample: "com.example" }),
  url: urlText()
    .optional()
    .describe("Where clients reach the gateway. Made of its address when not given.")
    .meta({ sample: "https://mcp.example.com" }),
  servers: z
    .array(entry)
    .prefault([])
    .describe(
      "Servers besides those of `mcpServers`, which are in it anyway. Several versions of one are several entries.",
    ),
  pins: freeMap()
    .prefault({})
    .describe("By a server's name the version that is its latest, whatever others there are.")
    .meta({ sample: { "com.example/search": "1.0.0" } }),
});

export type MarketConfig = z.output<typeof marketSchema>;
export type MarketEntryConfig = z.output<typeof entry>;
