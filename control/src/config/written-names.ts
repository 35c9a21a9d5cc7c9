// Names as a configuration writes them, whether what has them can be used or not.
import type { GatewayConfig } from "./schema/gateway.ts";

/** The names in a list, as they are written. */
export function namesIn(list: unknown): string[] {
  const names = Array.isArray(list) ? list.map((item) => (isMapping(item) ? item["name"] : null)) : [];
  return names.filter((name) => typeof name === "string");
}

/** Names that only tokens know are not known here. */
export function consumerNames(root: Record<string, unknown>, gateway: GatewayConfig | null): string[] | undefined {
  return gateway === null || gateway.auth.jwt.length > 0 ? undefined : namesIn(root["consumers"]);
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
