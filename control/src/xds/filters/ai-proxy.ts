// The plugin that translates a request for the target it is sent to. One configuration serves every cluster: a table
// of targets by cluster name.
import type { Model, Target } from "../../model/model.ts";
import { Secret } from "../../model/secret.ts";
import { clusterName } from "../cluster-name.ts";
import { environmentNames, environmentOf } from "../credential-environment.ts";
import type { TranslateOptions } from "../options.ts";
import type { ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discovered, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.ai-proxy";

export const aiProxy: HttpFilter = {
  name,
  chain: discovered(name),
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "ai-proxy"),
      configuration: configuration(model, options),
      ...(options.credentials === "environment" && { environment: environmentNames(model) }),
    }),
};

function configuration(model: Model, options: TranslateOptions): ProtoJson {
  const targets = model.targets.map((target) => [clusterName(target), targetConfiguration(target, options)]);
  return { bodyBytesMax: model.gateway.bodyBytesMax, targets: Object.fromEntries(targets) };
}

function targetConfiguration(target: Target, options: TranslateOptions): ProtoJson {
  const { provider, dialect, authority, basePath, surfaces, paths, credential, modelMapping, quirks } = target;
  return {
    provider,
    dialect,
    authority,
    basePath,
    surfaces,
    paths,
    ...(credential && {
      credential: {
        header: credential.header,
        prefix: credential.prefix,
        ...valueOf(credential.secret, environmentOf(target, credential.secret), options),
      },
    }),
    headers: target.headers.map((header) => ({
      name: header.name,
      ...valueOf(header.value, environmentOf(target, header.value, header.name), options),
    })),
    modelMapping,
    quirks,
  };
}

/** A value to send: as it is, or as the name of the environment variable that holds it. */
function valueOf(value: string | Secret, environment: string, options: TranslateOptions): ProtoJson {
  if (!(value instanceof Secret)) return { value };
  return options.credentials === "environment" ? { environment } : { value: options.reveal(value) };
}
