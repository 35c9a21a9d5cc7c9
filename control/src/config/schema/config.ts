// The whole file. `parseConfig` reads its parts one by one, so that one broken part does not take the others along;
// the JSON Schema and the reference page are made from this one.
import { z } from "zod";
import { consumerSchema } from "./consumer.ts";
import { gatewaySchema } from "./gateway.ts";
import { mcpServerSchema } from "./mcp-server.ts";
import { providerSchema } from "./provider.ts";
import { routeSchema } from "./route.ts";

export const configSchema = z.strictObject({
  gateway: gatewaySchema.prefault({}).describe("Where clients reach the gateway, and what holds for every request."),
  providers: z.array(providerSchema).optional().describe("The accounts at model providers, and servers of your own."),
  consumers: z
    .array(consumerSchema)
    .optional()
    .describe(
      "Who may call the gateway. Without this section everybody may; with it, only who has one of its keys, but for routes with `auth: none`.",
    ),
  routes: z
    .array(routeSchema)
    .optional()
    .describe("Which requests go where, in the order in which they are tried. Needed unless there are `mcpServers`."),
  mcpServers: z
    .array(mcpServerSchema)
    .optional()
    .describe("Servers of the Model Context Protocol: HTTP APIs as tools, see [MCP servers](mcp.md)."),
});
