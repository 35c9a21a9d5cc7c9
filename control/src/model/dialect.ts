// The wire formats of providers, and which of the clients' requests each of them can answer. The plugins have the code.
import { clientApiOf, surfaces, type PathName, type Surface } from "./surface.ts";

export const dialects = [
  "openai-chat",
  "openai-responses",
  "anthropic",
  "gemini",
  "bedrock",
  "cohere",
  "ollama",
  "dashscope",
] as const;
export type Dialect = (typeof dialects)[number];

/** What a request is about, whichever API it belongs to. */
type Work = "chat" | "chatStream" | "embeddings" | "rerank" | "tokenCount";

const works: Partial<Record<Surface, Work>> = {
  "chat/completions": "chat",
  completions: "chat",
  responses: "chat",
  messages: "chat",
  generateContent: "chat",
  streamGenerateContent: "chatStream",
  embeddings: "embeddings",
  embedContent: "embeddings",
  batchEmbedContents: "embeddings",
  rerank: "rerank",
  "messages/count_tokens": "tokenCount",
  countTokens: "tokenCount",
};

/** Where each dialect does which work. What is missing it cannot do. */
const endpointsByWork: Record<Dialect, Partial<Record<Work, PathName>>> = {
  "openai-chat": { chat: "chat/completions", embeddings: "embeddings" },
  "openai-responses": { chat: "responses", embeddings: "embeddings", tokenCount: "responses/input_tokens" },
  anthropic: { chat: "messages", tokenCount: "messages/count_tokens" },
  gemini: {
    chat: "generateContent",
    chatStream: "streamGenerateContent",
    embeddings: "batchEmbedContents",
    tokenCount: "countTokens",
  },
  bedrock: {
    chat: "converse",
    chatStream: "converse-stream",
    embeddings: "invoke",
    tokenCount: "count-tokens",
  },
  cohere: { chat: "chat", embeddings: "embed", rerank: "rerank" },
  ollama: { chat: "chat", embeddings: "embed" },
  dashscope: { chat: "text-generation", embeddings: "text-embedding", rerank: "text-rerank" },
};

/** What Vertex AI has in place of an API's own endpoints, for targets that give a path for it. */
const vertexEndpoints: Partial<Record<PathName, PathName>> = {
  messages: "rawPredict",
  batchEmbedContents: "predict",
};

const paths: Partial<Record<PathName, string>> = {
  converse: "/model/{model}/converse",
  "converse-stream": "/model/{model}/converse-stream",
  invoke: "/model/{model}/invoke",
  "count-tokens": "/model/{model}/count-tokens",
  "text-generation": "/services/aigc/text-generation/generation",
  "text-embedding": "/services/embeddings/text-embedding/text-embedding",
  "text-rerank": "/services/rerank/text-rerank/text-rerank",
};

/** The path of a dialect's endpoint below a provider's base path; `{model}` stands for the model's name. */
export function endpointPath(name: PathName, dialect: Dialect): string {
  if (dialect === "ollama" && !isSurface(name)) return `/api/${name}`;
  const isGemini = isSurface(name) && clientApiOf(name) === "gemini";
  return paths[name] ?? (isGemini ? `/models/{model}:${name}` : `/${name}`);
}

function isSurface(name: PathName): name is Surface {
  return (surfaces as readonly PathName[]).includes(name);
}

/** What a target says of itself that decides what it can serve. */
export interface Servant {
  dialect: Dialect;
  surfaces: readonly Surface[];
  paths: Partial<Record<PathName, string>>;
}

/** How a target serves a surface: by passing requests on as they are, or by translating them for another endpoint. */
export interface Service {
  how: "unchanged" | "translated";
  endpoint: PathName;
}

/** Whether the surface counts tokens: where a target has nothing for it, the gateway estimates them. */
export function countsTokens(surface: Surface): boolean {
  return works[surface] === "tokenCount";
}

/** Null when the target has nothing for this surface. */
export function findService(target: Servant, surface: Surface): Service | null {
  const work = works[surface];
  const endpoints = endpointsByWork[target.dialect];
  const usual = target.surfaces.includes(surface)
    ? surface
    : work && (endpoints[work] ?? (work === "chatStream" ? endpoints.chat : undefined));
  if (!usual) return null;
  const vertex = vertexEndpoints[usual];
  const endpoint = vertex && vertex in target.paths ? vertex : usual;
  // A dialect's own endpoints are always there; of those that clients know too, `surfaces` says which.
  if (isSurface(endpoint) && !target.surfaces.includes(endpoint)) return null;
  return { how: usual === surface ? "unchanged" : "translated", endpoint };
}
