// Of `mcpServers[]`: what servers are made of that stand in front of other MCP servers.
import { z } from "zod";
import { mcpPrefixes, mcpProtocols, mcpTransports } from "../../model/mcp.ts";
import { headerName, readHeaderValue } from "./http.ts";
import { duration, text, word } from "./scalar.ts";
import { urlText } from "./url.ts";

const header = z.strictObject({
  key: headerName().describe("The header's name."),
  value: text(readHeaderValue).describe("Its value.").meta({ sample: "Bearer ${MCP_TOKEN}" }),
});

const upstream = z.strictObject({
  url: urlText().describe("The server's endpoint.").meta({ sample: "https://mcp.example.com/mcp" }),
  transport: word(mcpTransports)
    .prefault("http")
    .describe("`http` is streamable HTTP; `sse` the older pair of a stream and a place to post to."),
  protocol: word(mcpProtocols)
    .prefault("auto")
    .describe("Which era it speaks: `legacy` up to 2025-11-25, `modern` from 2026-07-28 on. `auto` finds out."),
  listTimeout: duration({ min: 1 })
    .prefault("5s")
    .describe("How long it may take to greet the gateway, and to list what it has."),
  headers: z.array(header).prefault([]).describe("Headers to send it, credentials for instance."),
});

const member = z.strictObject({
  server: text().describe("The `name` of a server of mode `rest` or `proxy`.").meta({ sample: "weather" }),
  tools: z.array(text()).optional().describe("The names of the only tools to take. All when not given."),
  aliases: z
    .record(text(), text())
    .prefault({})
    .describe("Names for tools in place of their own. They never get a prefix.")
    .meta({ sample: { search: "find_issue" } }),
});

const serverTools = z.strictObject({
  serverName: text().describe("The `name` of a server of mode `rest` or `proxy`.").meta({ sample: "weather" }),
  tools: z.array(text()).optional().describe("The names of its tools to take. All when not given."),
});

export type MemberConfig = z.output<typeof member>;
export type UpstreamConfig = z.output<typeof upstream>;

/** The fields of the modes `proxy`, `multiplex` and `toolSet`. */
export const relayFields = {
  upstream: upstream.optional().describe("Of `proxy`: the server that it stands in front of."),
  members: z.array(member).optional().describe("Of `multiplex`: the servers that it makes one of."),
  prefix: word(mcpPrefixes)
    .optional()
    .describe(
      "Of `multiplex`: whether names of tools and prompts get their server's name and `__` in front. `conditional` (the default): those that two servers have. With `never` one that two servers have is an error.",
    ),
  notificationsFrom: text()
    .optional()
    .describe("Of `multiplex`: the member whose stream clients get that listen for notifications. None when not given.")
    .meta({ sample: "weather" }),
  serverTools: z.array(serverTools).optional().describe("Of `toolSet`: which tools of which servers."),
};
