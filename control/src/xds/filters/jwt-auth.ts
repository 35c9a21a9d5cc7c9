// Envoy's own check of tokens (RFC 7519). It turns nobody away: what it cannot verify it leaves to key-auth, which
// reads in the metadata of the request whose token was good.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_filters/jwt_authn_filter
import type { JwtIssuer } from "../../model/auth.ts";
import { tokenClusterName } from "../cluster-name.ts";
import { fromAds, typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";

const name = "weir.jwt-auth";
const type = "envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication";

/** Where in the metadata the claims of the issuer with this number are. */
export const claimsKey = (index: number): string => `jwt${index}`;

export const jwtAuth: HttpFilter = {
  name,
  // It waits for its configuration as the plugins do.
  chain: {
    name,
    config_discovery: {
      config_source: { ...fromAds, initial_fetch_timeout: "0s" },
      type_urls: [`type.googleapis.com/${type}`],
    },
  },
  extension: ({ auth }) => ({ name, typed_config: typed(type, configurationOf(auth?.jwt ?? [])) }),
};

/** In the `typed_per_filter_config` of what is open to everybody. */
export const disableJwtAuth: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { disabled: true }),
};

function configurationOf(issuers: JwtIssuer[]): ProtoJson {
  if (issuers.length === 0) return {};
  const providers = issuers.map((issuer, index) => [claimsKey(index), providerOf(issuer, index)]);
  const known = issuers.map((_, index) => ({ provider_name: claimsKey(index) }));
  const requirements = [...known, { allow_missing_or_failed: {} }];
  return {
    providers: Object.fromEntries(providers),
    rules: [{ match: { prefix: "/" }, requires: { requires_any: { requirements } } }],
  };
}

function providerOf({ issuer, audiences, jwks }: JwtIssuer, index: number): ProtoJson {
  return {
    issuer,
    ...(audiences.length > 0 && { audiences }),
    from_headers: [{ name: "authorization", value_prefix: "Bearer " }],
    // key-auth looks at what is there, and ai-proxy takes it away.
    forward: true,
    payload_in_metadata: claimsKey(index),
    ...(jwks.kind === "text" ? { local_jwks: { inline_string: jwks.text } } : { remote_jwks: remoteOf(jwks.endpoint) }),
  };
}

type Endpoint = Extract<JwtIssuer["jwks"], { kind: "remote" }>["endpoint"];

function remoteOf(endpoint: Endpoint): ProtoJson {
  const { tls, authority, path } = endpoint;
  const uri = `${tls ? "https" : "http"}://${authority}${path}`;
  return {
    http_uri: { uri, cluster: tokenClusterName(endpoint), timeout: "5s" },
    cache_duration: "600s",
    // Fetched at once and before they are stale, so that no request waits for them.
    async_fetch: { fast_listener: true },
  };
}
