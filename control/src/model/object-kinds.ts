// The kinds of Weir's own objects in a cluster. Each says what one section of the file says, in the same words.

export const objectGroup = "weir.dev";
export const objectVersion = "v1alpha1";

export interface ObjectKind {
  /** Of the file. */
  section: string;
  plural: string;
  /** Whether it is the whole section; else it is one entry of the section's list. */
  isWhole: boolean;
}

const entry = (section: string, plural: string): ObjectKind => ({ section, plural, isWhole: false });
const whole = (section: string, plural: string): ObjectKind => ({ section, plural, isWhole: true });

/** `kubernetes` has none: it says where the objects are. */
export const objectKinds = {
  Provider: entry("providers", "providers"),
  Registry: entry("registries", "registries"),
  AIRoute: entry("routes", "airoutes"),
  Consumer: entry("consumers", "consumers"),
  Model: entry("models", "models"),
  Limit: entry("limits", "limits"),
  Budget: entry("budgets", "budgets"),
  Webhook: entry("webhooks", "webhooks"),
  MCPServer: entry("mcpServers", "mcpservers"),
  GatewaySettings: whole("gateway", "gatewaysettings"),
  Ledger: whole("ledger", "ledgers"),
  AdminAPI: whole("admin", "adminapis"),
  Market: whole("market", "markets"),
} as const satisfies Record<string, ObjectKind>;

export type ObjectKindName = keyof typeof objectKinds;

export const objectKindNames = Object.keys(objectKinds) as ObjectKindName[];
