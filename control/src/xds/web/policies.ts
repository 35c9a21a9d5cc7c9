// What a route of plain HTTP asks of the filters: `typed_per_filter_config`.
import { isIPv6 } from "node:net";
import type { Cors, Session, WebRateLimit, WebRoute } from "../../model/web.ts";
import type { TranslateOptions } from "../options.ts";
import { duration, extension, typed, type ProtoJson } from "../resources.ts";
import { filterNames } from "./filters.ts";
import { quote } from "./regex.ts";

const filters = "envoy.extensions.filters.http";

export function policiesOf({ policies, action }: WebRoute, { reveal }: TranslateOptions): ProtoJson {
  const { cors, allowedNetworks, basicAuth, rateLimit } = policies;
  const forward = action.kind === "forward" ? action : null;
  const typed_per_filter_config = {
    ...(cors && { [filterNames.cors]: corsPolicy(cors) }),
    ...(allowedNetworks.length > 0 && { [filterNames.rbac]: allow(allowedNetworks) }),
    ...(basicAuth && {
      [filterNames.basicAuth]: typed(`${filters}.basic_auth.v3.BasicAuthPerRoute`, {
        users: { inline_string: reveal(basicAuth.users) },
      }),
    }),
    ...(rateLimit && { [filterNames.rateLimit]: localLimit(rateLimit) }),
    ...(forward?.session && { [filterNames.session]: statefulSession(forward.session) }),
  };
  return Object.keys(typed_per_filter_config).length > 0 ? { typed_per_filter_config } : {};
}

function corsPolicy({ origins, methods, headers, exposed, credentials, maxAgeSeconds }: Cors): ProtoJson {
  return typed(`${filters}.cors.v3.CorsPolicy`, {
    allow_origin_string_match: origins.map(originMatch),
    ...(methods.length > 0 && { allow_methods: methods.join(", ") }),
    ...(headers.length > 0 && { allow_headers: headers.join(", ") }),
    ...(exposed.length > 0 && { expose_headers: exposed.join(", ") }),
    allow_credentials: credentials,
    max_age: String(maxAgeSeconds),
    // A preflight of an origin that may not is the backend's no more than one that may.
    forward_not_matching_preflights: false,
  });
}

function originMatch(origin: string): ProtoJson {
  if (!origin.includes("*")) return { exact: origin };
  return { safe_regex: { regex: origin === "*" ? ".*" : origin.split("*").map(quote).join(".*") } };
}

function allow(networks: string[]): ProtoJson {
  const principals = networks.map((network) => {
    const [address_prefix = "", length] = network.split("/");
    const prefix_len = length === undefined ? (isIPv6(address_prefix) ? 128 : 32) : Number(length);
    return { remote_ip: { address_prefix, prefix_len } };
  });
  return typed(`${filters}.rbac.v3.RBACPerRoute`, {
    rbac: { rules: { action: "ALLOW", policies: { networks: { permissions: [{ any: true }], principals } } } },
  });
}

function localLimit({ requests, perMs, burst }: WebRateLimit): ProtoJson {
  return typed(`${filters}.local_ratelimit.v3.LocalRateLimit`, {
    stat_prefix: "web",
    token_bucket: { max_tokens: Math.max(burst, requests), tokens_per_fill: requests, fill_interval: duration(perMs) },
    filter_enabled: { default_value: { numerator: 100 } },
    filter_enforced: { default_value: { numerator: 100 } },
  });
}

function statefulSession(session: Session): ProtoJson {
  const at = "envoy.extensions.http.stateful_session";
  const state =
    session.by === "header"
      ? extension("envoy.http.stateful_session.header", `${at}.header.v3.HeaderBasedSessionState`, {
          name: session.name,
        })
      : extension("envoy.http.stateful_session.cookie", `${at}.cookie.v3.CookieBasedSessionState`, {
          cookie: { name: session.name, path: session.path, ttl: duration(session.ttlMs) },
        });
  return typed(`${filters}.stateful_session.v3.StatefulSessionPerRoute`, {
    stateful_session: { session_state: state },
  });
}
