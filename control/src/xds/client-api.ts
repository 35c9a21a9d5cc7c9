// Which API a client speaks, as Envoy can tell: the route that took the request says so. Its path no longer does once a
// plugin has made it the provider's.
import type { ClientApi } from "../model/surface.ts";
import type { ProtoJson } from "./resources.ts";

/** The namespace of all that Envoy's routes say of themselves. */
export const namespace = "weir";

/** `metadata` of an Envoy route. OpenAI's is what is meant where nothing is said. */
export function clientMetadata(client: ClientApi): ProtoJson {
  return client === "openai" ? {} : { metadata: { filter_metadata: { [namespace]: { client } } } };
}

/** In CEL over Envoy's attributes: whether the route is one for clients of this API. */
export function isClient(client: ClientApi): string {
  return `xds.route_metadata.filter_metadata['${namespace}']['client'] == '${client}'`;
}

/** A header that every client of Anthropic's API sends, and no other. */
export const anthropicMark: ProtoJson = { name: "anthropic-version", present_match: true };

/** A header that Gemini's SDKs send their key in, and no other. */
export const geminiMark: ProtoJson = { name: "x-goog-api-key", present_match: true };
