// `mcpServers[].access` and `.oauth`: who may use what of a server, and where tokens for it come from.
import { z } from "zod";
import { text } from "./scalar.ts";
import { urlText } from "./url.ts";

const patterns = () => z.array(text()).optional();

export const accessRule = z.strictObject({
  consumers: patterns()
    .describe("Names of consumers; `team-*` fits all that begin so.")
    .meta({ sample: ["ci"] }),
  organizations: patterns()
    .describe("Organizations, likewise.")
    .meta({ sample: ["acme"] }),
  teams: patterns()
    .describe("Teams, likewise.")
    .meta({ sample: ["search"] }),
  users: patterns()
    .describe("Users, likewise.")
    .meta({ sample: ["ada"] }),
  claims: z
    .record(text(), z.array(text()))
    .prefault({})
    .describe("Claims of the caller's token, each with the values of which one is needed.")
    .meta({ sample: { role: ["admin", "operator"] } }),
  scopes: z
    .array(text())
    .prefault([])
    .describe("Scopes that the caller's token has to have, all of them. Who lacks them is told which.")
    .meta({ sample: ["weather:read"] }),
  tools: patterns()
    .describe("The tools that it opens, by patterns of names. All when not given.")
    .meta({ sample: ["get_*"] }),
  prompts: patterns()
    .describe("The prompts, likewise.")
    .meta({ sample: ["*"] }),
  resources: patterns()
    .describe("The resources, likewise, by patterns of URIs and of templates as they are written.")
    .meta({ sample: ["doc://*"] }),
});

export const oauth = z.strictObject({
  resource: urlText()
    .optional()
    .describe("The server's URL as clients know it. The one that they have come by when not given.")
    .meta({ sample: "https://mcp.example.com/mcp/weather" }),
  authorizationServers: z
    .array(urlText())
    .optional()
    .describe("Who gives tokens for it. The issuers of `gateway.auth.jwt` when not given.")
    .meta({ sample: ["https://login.example.com"] }),
  scopes: z
    .array(text())
    .optional()
    .describe("The scopes that there are. Those of `access` when not given.")
    .meta({ sample: ["weather:read"] }),
});
