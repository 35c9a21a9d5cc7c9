// The whole file. `parseConfig` reads its parts one by one, so that one broken part does not take the others along;
// the JSON Schema and the reference page are made from this one.
import { z } from "zod";
import { adminSchema } from "./admin.ts";
import { budgetSchema, webhookSchema } from "./budget.ts";
import { consumerSchema } from "./consumer.ts";
import { gatewaySchema } from "./gateway.ts";
import { kubernetesSchema } from "./kubernetes.ts";
import { ledgerSchema } from "./ledger.ts";
import { modelSchema } from "./model.ts";
import { limitSchema } from "./limit.ts";
import { marketSchema } from "./market.ts";
import { mcpServerSchema } from "./mcp-server.ts";
import { pluginSchema } from "./plugin.ts";
import { providerSchema } from "./provider.ts";
import { registrySchema } from "./registry.ts";
import { routeSchema } from "./route.ts";

export const configSchema = z.strictObject({
  gateway: gatewaySchema.prefault({}).describe("Where clients reach the gateway, and what holds for every request."),
  providers: z.array(providerSchema).optional().describe("The accounts at model providers, and servers of your own."),
  registries: z
    .array(registrySchema)
    .prefault([])
    .describe(
      "Who knows where the servers of services are: Consul, Eureka, Nacos, ZooKeeper, or a list. `providers` and `mcpServers` name a `service` of them, see [services of registries](registries.md).",
    ),
  consumers: z
    .array(consumerSchema)
    .optional()
    .describe(
      "Who may call the gateway. Without this section everybody may; with it, only who has one of its keys, but for routes with `auth: none`.",
    ),
  models: z
    .array(modelSchema)
    .optional()
    .describe("Limits and prices of models, where the built-in catalogue does not have them or has others."),
  limits: z
    .array(limitSchema)
    .prefault([])
    .describe("How much may be used in which time, by whom. A request has to fit into each limit that is for it."),
  budgets: z
    .array(budgetSchema)
    .prefault([])
    .describe("How much may be spent in all, by whom. It is the ledger that adds up, so it must be on."),
  webhooks: z.array(webhookSchema).prefault([]).describe("Who is told when budgets come to their end."),
  ledger: ledgerSchema
    .optional()
    .describe(
      "The record of every request, with its tokens and what they cost. Nothing is recorded without this section.",
    ),
  admin: adminSchema
    .optional()
    .describe(
      "An HTTP API to change keys, consumers, limits and budgets without touching this file, and to ask for usage. There is none without this section, and what was stored by it does not count.",
    ),
  kubernetes: kubernetesSchema
    .optional()
    .describe(
      "The cluster whose Ingresses and Gateways are served, see [Kubernetes](kubernetes.md). None without this section.",
    ),
  routes: z
    .array(routeSchema)
    .optional()
    .describe(
      "Which requests go where, in the order in which they are tried. Needed unless there are `mcpServers` or `kubernetes`.",
    ),
  mcpServers: z
    .array(mcpServerSchema)
    .optional()
    .describe("Servers of the Model Context Protocol: HTTP APIs as tools, see [MCP servers](mcp.md)."),
  plugins: z
    .array(pluginSchema)
    .prefault([])
    .describe("Proxy-Wasm plugins of others, or of your own, see [plugins of others](plugins.md)."),
  market: marketSchema
    .optional()
    .describe("The catalogue of MCP servers, in the form of the MCP registry. There is none without this section."),
});
