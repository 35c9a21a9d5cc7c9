// The plugin that finds out whose request it is. On unless an Envoy route switches it off, so that what is forgotten is
// closed, not open.
import type { Auth, Consumer, ConsumerKey, JwtIssuer, KeyLimits } from "../../model/auth.ts";
import { signerEnvironment, signerEnvironmentNames } from "../credential-environment.ts";
import type { TranslateOptions } from "../options.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { claimsKey } from "./jwt-auth.ts";
import { discoveredIfNeeded, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.key-auth";

export const keyAuth: HttpFilter = {
  name,
  chain: discoveredIfNeeded(name),
  isNeeded: ({ auth }) => auth !== null,
  extension: ({ auth }, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "key-auth"),
      configuration: configurationOf(auth, options),
      ...(options.credentials === "environment" && { environment: signerEnvironmentNames({ auth }) }),
    }),
};

/** In the `typed_per_filter_config` of what is open to everybody. */
export const disableKeyAuth: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { disabled: true }),
};

function configurationOf(auth: Auth | null, options: TranslateOptions): ProtoJson {
  const consumers = auth?.consumers ?? [];
  const all = consumers.flatMap(({ name, keys }, index) => keys.map((key) => ({ key, index, consumer: name })));
  const signers = all.filter(({ key }) => key.hmac !== null);
  return {
    headers: auth?.keyHeaders ?? [],
    ...(auth?.keyQuery && { query: auth.keyQuery }),
    tokens: (auth?.jwt ?? []).map(({ claims }, index) => tokenOf(claims, index)),
    consumers: consumers.map(consumerOf),
    keys: all.filter(({ key }) => key.hmac === null).map(({ key, index }) => keyOf(key, index)),
    ...(signers.length > 0 && {
      signatures: auth?.hmac,
      signers: signers.map(({ key, index, consumer }) => ({
        ...keyOf(key, index),
        ...secretOf(key, consumer, options),
      })),
    }),
  };
}

function tokenOf({ consumer, organization, team, user }: JwtIssuer["claims"], index: number): ProtoJson {
  return { claims: claimsKey(index), name: consumer, ...belongingOf({ organization, team, user }) };
}

function consumerOf(consumer: Consumer): ProtoJson {
  return { name: consumer.name, ...belongingOf(consumer), ...limitsOf(consumer) };
}

type Belonging = Pick<Consumer, "organization" | "team" | "user">;

function belongingOf({ organization, team, user }: Belonging): ProtoJson {
  return { ...(organization && { organization }), ...(team && { team }), ...(user && { user }) };
}

function keyOf(key: ConsumerKey, consumer: number): ProtoJson {
  const { name, sha256, expiresMs, disabled } = key;
  const state = { ...(expiresMs !== null && { expiresMs }), ...(disabled && { disabled }) };
  return { name, consumer, sha256, ...state, ...limitsOf(key) };
}

function secretOf({ name, hmac }: ConsumerKey, consumer: string, options: TranslateOptions): ProtoJson {
  if (hmac === null) return {};
  if (options.credentials !== "environment") return { secret: options.reveal(hmac.secret) };
  return { environment: signerEnvironment(consumer, name, hmac.secret) };
}

function limitsOf({ models, routes, networks }: KeyLimits): ProtoJson {
  return {
    ...(models && { models: models.join("\n") }),
    ...(routes && { routes: routes.join("\n") }),
    ...(networks && { networks: networks.join("\n") }),
  };
}
