// Where Envoy gets a plugin's Wasm from. Never by Envoy's own remote fetch: see docs/decisions/plugin-delivery.md.
import type { ProtoJson } from "./resources.ts";

export type PluginSource =
  /** The code itself, sent with the configuration: both arrive together, on any machine. */
  | { kind: "inline"; bytes: Uint8Array }
  /** A file on Envoy's machine. Its name should hold the digest: Envoy does not look at a known file again. */
  | { kind: "local"; path: string };

/** The `AsyncDataSource` of a plugin's code. */
export function codeSource(source: PluginSource): ProtoJson {
  if (source.kind === "local") return { local: { filename: source.path } };
  return { local: { inline_bytes: Buffer.from(source.bytes).toString("base64") } };
}
