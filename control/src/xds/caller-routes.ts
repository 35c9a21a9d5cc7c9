// What callers may ask of the ledger, beside the APIs of models: Envoy sends it on to the control plane, with the name
// of the caller that key-auth has found out.
import type { Model, Route } from "../model/model.ts";
import { namespace } from "./client-api.ts";
import { disableBudget } from "./filters/budget.ts";
import type { ProtoJson } from "./resources.ts";
import { namesOf } from "./route-auth.ts";

/** The cluster of every Envoy's bootstrap by which it reaches the control plane: envoy/control-cluster.ts. */
const controlCluster = "weir.xds";

/** Tells the access log that this is such a question. A client's header of this name is removed. */
export const callerApiHeader = "x-weir-caller-api";

const timeout = "10s";

/** Nothing where nobody is asked for a key: then there is nobody whose own it would be. */
export function translateCallerApi(routes: Route[], model: Model): ProtoJson[] {
  if (!model.ledger?.callerApi || !model.auth) return [];
  // A key for some routes alone is good here.
  const all = namesOf([...model.routes, ...(model.mcp?.servers ?? [])]);
  return [...new Set(routes.map(({ pathPrefix }) => pathPrefix))].flatMap((prefix) => [
    question("usage", prefix, all),
    question("generation", prefix, all),
  ]);
}

function question(what: string, pathPrefix: string, routes: string): ProtoJson {
  return {
    name: `callers/${what}`,
    match: { path: `${pathPrefix}/${what}`, headers: [{ name: ":method", string_match: { exact: "GET" } }] },
    metadata: { filter_metadata: { [namespace]: { routes } } },
    route: { cluster: controlCluster, prefix_rewrite: `/callers/${what}`, timeout },
    request_headers_to_add: [{ header: { key: callerApiHeader, value: "1" } }],
    request_headers_to_remove: ["authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie"],
    // Who has spent all may know it.
    typed_per_filter_config: disableBudget,
  };
}
