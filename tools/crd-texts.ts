// What the definitions of Weir's own objects say beyond the file's schemas: how each kind is explained, its columns in
// `kubectl get`, and the rules that the API server itself checks.
import type { ObjectKindName } from "../control/src/model/object-kinds.ts";

export interface Rule {
  /** In CEL. */
  rule: string;
  message: string;
}

const inOwnNamespace =
  "It counts in the namespace that Weir runs in alone, where the file does not have that section, and the oldest of several is the one.";

export const kindDescriptions: Record<ObjectKindName, string> = {
  Provider: "An account at a model provider, or a server of your own: where requests of AIRoutes go.",
  Registry: "Who knows where the servers of services are, which Providers and MCPServers name.",
  AIRoute:
    "Which requests of AI clients go to which Provider. Without parentRefs the gateway's own listener serves it, with them listeners of Gateways do.",
  Consumer:
    "Who may call the gateway, and with which keys. With the first one the gateway asks for a key on every route that does not have auth: none.",
  Model: "Limits and prices of a model, where the built-in catalogue does not have them or has others.",
  Limit: "How much may be used in which time, by whom.",
  Budget: "How much may be spent in all, by whom. It needs a Ledger.",
  Webhook: "Who is told when Budgets come to their end.",
  MCPServer: "A server of the Model Context Protocol: HTTP APIs as tools, or other MCP servers.",
  GatewaySettings: `What holds for every request. ${inOwnNamespace}`,
  Ledger: `The record of every request, with its tokens and what they cost. ${inOwnNamespace}`,
  AdminAPI: `The HTTP API for keys, consumers, limits, budgets and usage. ${inOwnNamespace}`,
  Market: `The catalogue of MCP servers, in the form of the MCP registry. ${inOwnNamespace}`,
};

interface Column {
  name: string;
  type: string;
  jsonPath: string;
  priority?: number;
}

const column = (name: string, jsonPath: string, type = "string"): Column => ({ name, type, jsonPath });

const columns: Partial<Record<ObjectKindName, Column[]>> = {
  Provider: [column("Type", ".spec.type"), { ...column("Base URL", ".spec.baseUrl"), priority: 1 }],
  Registry: [column("Type", ".spec.type"), column("URL", ".spec.url")],
  AIRoute: [
    column("Models", ".spec.models"),
    column("Providers", ".spec.targets[*].provider"),
    { ...column("Hosts", ".spec.match.hosts"), priority: 1 },
  ],
  Consumer: [column("Team", ".spec.team"), column("Keys", ".spec.keys[*].name")],
  Model: [column("Model", ".spec.name"), column("Provider", ".spec.provider")],
  Limit: [
    column("Unit", ".spec.windows[0].unit"),
    column("Limit", ".spec.windows[0].limit", "number"),
    column("Per", ".spec.windows[0].per"),
  ],
  Budget: [column("Limit", ".spec.limit", "number"), column("Unit", ".spec.unit"), column("Per", ".spec.per")],
  Webhook: [column("URL", ".spec.url")],
  MCPServer: [column("Mode", ".spec.mode"), column("Path", ".spec.path")],
};

export function columnsOf(kind: ObjectKindName): Column[] {
  return columns[kind] ?? [];
}

/** In place of the file's own, by the field's place in the file. */
export const descriptions: Record<string, string> = {
  order:
    "Where it stands in the list. Smaller ones come first, those of the file before all, and of two alike the older one. Requests are served by the first route that fits.",
  parentRefs:
    "Listeners of Gateways that serve it, in place of the gateway's own: at their hosts and ports, with their certificates. A Gateway of another namespace has to allow routes of this one.",
  "providers.[].name":
    "How routes, logs and metrics name it. The object's own name when not given. Unique in the gateway.",
  "providers.apiKey": "The key that is sent to the provider, best as a reference to a Secret: `${secret:NAME/KEY}`.",
  "providers.optional": "Leave this provider out, without an error, when a Secret that it refers to is not there.",
  "consumers.keys.[].key":
    "The key itself, in place of its hash, best as a reference to a Secret. It is hashed when the object is read, and goes nowhere.",
  "consumers.keys.[].disabled": "Refuse the key, within a second, and keep it in the object.",
  ...Object.fromEntries(
    ["providers", "registries", "routes", "consumers", "limits", "budgets", "webhooks", "mcpServers"].map((section) => [
      `${section}.name`,
      "How logs, metrics and other objects name it. The object's own name when not given. Unique in the gateway, of two the older one has it.",
    ]),
  ),
};

export function specRules(kind: ObjectKindName): Rule[] {
  return rules[kind] ?? [];
}

const rules: Partial<Record<ObjectKindName, Rule[]>> = {
  Provider: [
    { rule: "!(has(self.apiKey) && has(self.apiKeys))", message: "apiKey and apiKeys are both given: keep one" },
    {
      rule: "self.type != 'generic' || has(self.baseUrl)",
      message: "a generic provider has no address of its own: add baseUrl",
    },
  ],
};

/** By the place of what they are about. */
export function rulesAt(path: string[]): Rule[] {
  return placed[path.join(".")] ?? [];
}

const placed: Record<string, Rule[]> = {
  "consumers.keys.[]": [
    {
      rule: "(has(self.key) ? 1 : 0) + (has(self.sha256) ? 1 : 0) + (has(self.hmac) ? 1 : 0) == 1",
      message: "exactly one of sha256, key and hmac must be given",
    },
  ],
  "routes.affinity": [
    {
      rule: "has(self.name) == (self.by == 'header' || self.by == 'cookie')",
      message: "name is for by: header and by: cookie, which need it",
    },
  ],
  "limits.windows.[]": [
    {
      rule: "has(self.per) == (self.unit != 'concurrentRequests')",
      message: "every unit but concurrentRequests needs per, and that one has none",
    },
  ],
  "gateway.auth.jwt.[].jwks": [
    { rule: "has(self.url) != has(self.file)", message: "exactly one of url and file must be given" },
  ],
};
