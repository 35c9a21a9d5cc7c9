// The filter chain of plain HTTP. All but the router do nothing unless a route says what; that is in policies.ts.
import type { HttpFilter } from "../filters/http-filter.ts";
import type { Model } from "../../model/model.ts";
import type { PluginPhase } from "../../model/plugins.ts";
import { pluginPlaces } from "../plugins/filters.ts";
import { extension, type ProtoJson } from "../resources.ts";

const filters = "envoy.extensions.filters.http";

export const filterNames = {
  cors: "envoy.filters.http.cors",
  rbac: "envoy.filters.http.rbac",
  basicAuth: "envoy.filters.http.basic_auth",
  rateLimit: "envoy.filters.http.local_ratelimit",
  session: "envoy.filters.http.stateful_session",
} as const;

/** It lets nobody in, should it ever run by itself. */
const nobody = { users: { inline_string: "nobody:{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=" } };

const webOrder: (ProtoJson | PluginPhase)[] = [
  // Before whoever refuses: a browser must be able to read the refusal.
  extension(filterNames.cors, `${filters}.cors.v3.Cors`),
  "authn",
  extension(filterNames.rbac, `${filters}.rbac.v3.RBAC`),
  { ...extension(filterNames.basicAuth, `${filters}.basic_auth.v3.BasicAuth`, nobody), disabled: true },
  "authz",
  extension(filterNames.rateLimit, `${filters}.local_ratelimit.v3.LocalRateLimit`, { stat_prefix: "web" }),
  "stats",
  extension(filterNames.session, `${filters}.stateful_session.v3.StatefulSession`),
  "unspecified",
  extension("envoy.filters.http.router", `${filters}.router.v3.Router`, { suppress_envoy_headers: true }),
];

/** With foreign plugins between them, by their phase. */
export function webFilters(model: Model): ProtoJson[] {
  return webOrder.flatMap((one) => (isPhase(one) ? pluginPlaces(model, one) : [one]));
}

function isPhase(one: ProtoJson | PluginPhase): one is PluginPhase {
  return typeof one === "string";
}

/** With those of the gateway's own listener, once networks and passwords were asked for. Both end with the router. */
export function webFiltersWith(others: readonly HttpFilter[], model: Model): ProtoJson[] {
  const cors = filterNames.cors as string;
  const plugins = others.slice(0, -1).filter(({ name }) => name !== cors);
  const all = webFilters(model);
  const session = all.findIndex(({ name }) => name === filterNames.session);
  return [...all.slice(0, session), ...plugins.map(({ chain }) => chain), ...all.slice(session)];
}
