// The plugin that keeps prompts and answers for the ledger, redacted. It stands where the client's own request and
// answer pass, so a request has one of each, whatever its targets were. Not loaded unless the ledger records them.
import type { Recording } from "../../model/ledger.ts";
import type { Model } from "../../model/model.ts";
import { typed, type ProtoJson } from "../resources.ts";
import type { HttpFilter } from "./http-filter.ts";
import { discoveredIfNeeded, sourceOf, wasmExtension } from "./wasm-plugin.ts";

const name = "weir.recorder";

export const recorder: HttpFilter = {
  name,
  chain: { ...discoveredIfNeeded(name), disabled: true },
  isNeeded: ({ ledger }) => Boolean(ledger?.record),
  extension: ({ ledger }, options) =>
    wasmExtension({
      name,
      source: sourceOf(options.plugins, "recorder"),
      configuration: ledger?.record ? configurationOf(ledger.record) : {},
    }),
};

function configurationOf(recording: Recording): ProtoJson {
  const { promptBytesMax, answerBytesMax, routes, consumers, exceptConsumers, redact, redactAlso } = recording;
  return {
    promptBytesMax,
    answerBytesMax,
    ...(routes.length > 0 && { routes }),
    ...(consumers.length > 0 && { consumers }),
    ...(exceptConsumers.length > 0 && { exceptConsumers }),
    redact,
    ...(redactAlso.length > 0 && {
      redactAlso: redactAlso.map(({ name, text, pattern }) => ({ name, ...(text ? { text } : { pattern }) })),
    }),
  };
}

const enabled: ProtoJson = { [name]: typed("envoy.config.route.v3.FilterConfig", { config: {} }) };

/** An Envoy route that may lead to the routes `serving`: the plugin runs on it where one of them may be recorded. */
export function withRecording(envoyRoute: ProtoJson, serving: { name: string }[], { ledger }: Model): ProtoJson {
  const record = ledger?.record;
  if (!record || (record.routes.length > 0 && !serving.some(({ name }) => isRecorded(name, record)))) return envoyRoute;
  const others = envoyRoute["typed_per_filter_config"] as ProtoJson | undefined;
  return { ...envoyRoute, typed_per_filter_config: { ...others, ...enabled } };
}

function isRecorded(name: string, { routes }: Recording): boolean {
  return routes.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
}
