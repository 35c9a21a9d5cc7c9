// Where Envoy gets a plugin's Wasm from.
import type { ProtoJson } from "./resources.ts";

export type PluginSource =
  /** A file that this Envoy can read. Its name should hold the digest: Envoy does not look at a known file again. */
  | { kind: "local"; path: string; sha256: string }
  /** Fetched over HTTP through the bootstrap cluster `cluster` and refused unless the digest fits. */
  | { kind: "remote"; uri: string; cluster: string; sha256: string };

/** The `AsyncDataSource` of a plugin's code. */
export function codeSource(source: PluginSource): ProtoJson {
  if (source.kind === "local") return { local: { filename: source.path } };
  return {
    remote: {
      http_uri: { uri: source.uri, cluster: source.cluster, timeout: "10s" },
      sha256: source.sha256,
      retry_policy: { num_retries: 10 },
    },
  };
}
