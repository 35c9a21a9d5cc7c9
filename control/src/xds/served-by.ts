// What the client learns of who served it. Where there is a plan, the targets' plugin says it itself; this says it for
// all others, at no cost for the plugins.
import type { Gateway } from "../model/model.ts";
import type { ProtoJson } from "./resources.ts";

/** Filter state that the targets' plugin sets, in Envoy's terms. */
export function fromPlugin(name: string): string {
  return `%FILTER_STATE(wasm.weir.${name}:PLAIN)%`;
}

const headers: Record<string, string> = {
  // A cluster is known by its target's name.
  "x-weir-target": "%UPSTREAM_CLUSTER%",
  "x-weir-provider": fromPlugin("provider"),
  "x-weir-model": fromPlugin("model"),
  "x-weir-attempts": "%UPSTREAM_REQUEST_ATTEMPT_COUNT%",
};

/** Fields of an Envoy route that leads to targets. */
export function servedBy({ responseHeaders }: Gateway): ProtoJson {
  if (!responseHeaders) return {};
  const response_headers_to_add = Object.entries(headers).map(([key, value]) => ({
    header: { key, value },
    append_action: "ADD_IF_ABSENT",
  }));
  return { response_headers_to_add };
}
