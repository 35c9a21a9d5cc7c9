// The plugin that translates a request for the target it is sent to. One configuration serves every cluster: a table
// of targets by cluster name.
import { secretsOf, type Credential } from "../../model/credential.ts";
import type { Model, Target } from "../../model/model.ts";
import { Secret } from "../../model/secret.ts";
import { isLogged } from "../access-log.ts";
import { clusterName, lastResortCluster, tokenClusterName } from "../cluster-name.ts";
import { environmentOf, targetEnvironmentNames } from "../credential-environment.ts";
import type { TranslateOptions } from "../options.ts";
import type { ProtoJson } from "../resources.ts";
import { hasHardBudget } from "./budget.ts";
import type { HttpFilter } from "./http-filter.ts";
import { ContextWindows } from "./context-windows.ts";
import { discovered, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.ai-proxy";

/** What a last resort is called where others are called by their target's name. */
export const lastResortName = "last-resort";

export const aiProxy: HttpFilter = {
  name,
  chain: discovered(name),
  extension: (model, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "ai-proxy"),
      configuration: configuration(model, options),
      ...(options.credentials === "environment" && { environment: targetEnvironmentNames(model) }),
    }),
};

function configuration(model: Model, options: TranslateOptions): ProtoJson {
  const windows = new ContextWindows(model);
  const targets = model.targets.map((target) => [
    clusterName(target),
    { ...targetConfiguration(target, options), ...windows.of(target) },
  ]);
  const lastResorts = model.lastResorts.map((text) => [
    lastResortCluster(text),
    { name: lastResortName, provider: lastResortName, lastResort: { text } },
  ]);
  const { bodyBytesMax, metrics, responseHeaders } = model.gateway;
  // Logs and limits are the readers of what the plugin publishes.
  const silent = !isLogged(model) && model.limits.length === 0;
  // Where nobody can forbid a model, nobody need be asked.
  const asked = { callers: model.auth !== null, budgets: hasHardBudget(model) };
  const all = Object.fromEntries([...targets, ...lastResorts]) as ProtoJson;
  return { bodyBytesMax, responseHeaders, metrics, silent, ...asked, ...windows.tables, targets: all };
}

function targetConfiguration(target: Target, options: TranslateOptions): ProtoJson {
  const { provider, dialect, authority, basePath, surfaces, paths, credential, modelMapping, quirks } = target;
  const value = (secret: string | Secret, what: string) =>
    valueOf(secret, environmentOf(target, secret, what), options);
  return {
    name: target.name,
    provider,
    dialect,
    authority,
    basePath,
    surfaces,
    paths,
    ...(credential && { credential: credentialConfiguration(credential, value) }),
    headers: target.headers.map(({ name, value: text, ifAbsent }) => ({
      name,
      ...value(text, name),
      ...(ifAbsent && { ifAbsent }),
    })),
    modelMapping,
    quirks,
  };
}

/** Writes a secret that is known as `what`. */
type WriteSecret = (secret: Secret, what: string) => ProtoJson;

function credentialConfiguration(credential: Credential, write: WriteSecret): ProtoJson {
  const secrets = secretsOf(credential).map(([what, secret]) => write(secret, what));
  switch (credential.kind) {
    case "header":
      return { header: credential.header, prefix: credential.prefix, ...secrets[0] };
    case "aws": {
      const [accessKeyId, secretAccessKey, sessionToken] = secrets;
      const { kind, region, service } = credential;
      return { kind, region, service, accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
    }
    case "google": {
      const { kind, scope, token } = credential;
      const where = { tokenCluster: tokenClusterName(token), tokenAuthority: token.authority, tokenPath: token.path };
      return { kind, serviceAccount: secrets[0], ...where, scope };
    }
  }
}

/** A value to send: as it is, or as the name of the environment variable that holds it. */
function valueOf(value: string | Secret, environment: string, options: TranslateOptions): ProtoJson {
  if (!(value instanceof Secret)) return { value };
  return options.credentials === "environment" ? { environment } : { value: options.reveal(value) };
}
