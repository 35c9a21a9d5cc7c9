// The paths below a route's prefix that belong to the API's operations, in Envoy's terms. They hold all surfaces, and
// little else: what is no operation, and what a provider does not have, the plugins know. One regular expression for
// all of them would be larger than Envoy allows.
import { apiRoots, type ClientApi } from "../model/surface.ts";
import type { ProtoJson } from "./resources.ts";

export interface ClientPath {
  client: ClientApi;
  path: ProtoJson;
  /** Null for any. */
  method: "POST" | null;
}

/** Each is one operation's path, or the beginning of several. */
const openAiPaths: readonly ((root: string) => ProtoJson)[] = [
  (root) => ({ path: `${root}/chat/completions` }),
  (root) => ({ path: `${root}/completions` }),
  (root) => ({ path: `${root}/embeddings` }),
  (root) => ({ prefix: `${root}/images/` }),
  (root) => ({ prefix: `${root}/audio/` }),
  (root) => ({ path: `${root}/rerank` }),
  (root) => ({ path_separated_prefix: `${root}/responses` }),
];

export function clientPaths(pathPrefix: string): ClientPath[] {
  return [
    ...openAiPaths.map((pathOf): ClientPath => ({ client: "openai", path: pathOf(pathPrefix), method: null })),
    { client: "anthropic", path: { path_separated_prefix: `${pathPrefix}/messages` }, method: null },
    // A GET is a question about the models themselves.
    ...apiRoots(pathPrefix).map((root): ClientPath => ({
      client: "gemini",
      path: { prefix: `${root}/models/` },
      method: "POST",
    })),
  ];
}
