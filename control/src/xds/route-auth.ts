// What an Envoy route tells key-auth of itself, and whether that plugin runs on it at all.
import type { RouteAuth } from "../model/auth.ts";
import type { Model } from "../model/model.ts";
import { namespace } from "./client-api.ts";
import { disableJwtAuth } from "./filters/jwt-auth.ts";
import { disableKeyAuth } from "./filters/key-auth.ts";
import type { ProtoJson } from "./resources.ts";

/** A route of the model, or an MCP server: what callers may be allowed to use. */
type Servable = { name: string; auth: RouteAuth };

/** `typed_per_filter_config` of what is open to everybody. */
export const openToAll: ProtoJson = { ...disableJwtAuth, ...disableKeyAuth };

/** An Envoy route that may lead to the routes `serving`. It is open to everybody only if all of them are. */
export function withAuth(envoyRoute: ProtoJson, serving: Servable[], model: Model, facts: ProtoJson = {}): ProtoJson {
  if (!model.auth) return envoyRoute;
  if (serving.every(({ auth }) => auth === "none")) {
    const others = envoyRoute["typed_per_filter_config"] as ProtoJson | undefined;
    return { ...envoyRoute, typed_per_filter_config: { ...others, ...openToAll } };
  }
  const { metadata } = envoyRoute as { metadata?: { filter_metadata: { [namespace]: ProtoJson } } };
  const told = { ...metadata?.filter_metadata[namespace], routes: namesOf(serving), ...facts };
  return { ...envoyRoute, metadata: { filter_metadata: { [namespace]: told } } };
}

/** One on each line. */
export function namesOf(routes: Servable[]): string {
  return routes.map(({ name }) => name).join("\n");
}
