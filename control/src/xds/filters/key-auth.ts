// The plugin that finds out whose request it is. On unless an Envoy route switches it off, so that what is forgotten is
// closed, not open.
import type { Auth, Consumer, ConsumerKey } from "../../model/auth.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discovered, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.key-auth";

export const keyAuth: HttpFilter = {
  name,
  chain: discovered(name),
  extension: ({ auth }, options) =>
    wasmExtension({ name, source: sourceOf(options.plugins, "key-auth"), configuration: configurationOf(auth) }),
};

/** `typed_per_filter_config` of what is open to everybody. */
export const disableKeyAuth: ProtoJson = {
  [name]: typed("envoy.config.route.v3.FilterConfig", { disabled: true }),
};

function configurationOf(auth: Auth | null): ProtoJson {
  const consumers = auth?.consumers ?? [];
  return {
    headers: auth?.keyHeaders ?? [],
    ...(auth?.keyQuery && { query: auth.keyQuery }),
    consumers: consumers.map(consumerOf),
    keys: consumers.flatMap(({ keys }, index) => keys.map((key) => keyOf(key, index))),
  };
}

function consumerOf({ name, organization, team, user }: Consumer): ProtoJson {
  return { name, ...(organization && { organization }), ...(team && { team }), ...(user && { user }) };
}

function keyOf({ name, sha256, expiresMs, disabled, models, routes, networks }: ConsumerKey, consumer: number) {
  return {
    name,
    consumer,
    sha256,
    ...(expiresMs !== null && { expiresMs }),
    ...(disabled && { disabled }),
    ...(models && { models: models.join("\n") }),
    ...(routes && { routes: routes.join("\n") }),
    ...(networks && { networks: networks.join("\n") }),
  };
}
