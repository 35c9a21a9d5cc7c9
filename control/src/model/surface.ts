// What clients ask for, and a provider's own endpoints: the names that configurations, plugins and logs share.

/** One operation that a client may ask for. Those of OpenAI's and Anthropic's APIs are named by their path's end. */
export const surfaces = [
  "chat/completions",
  "completions",
  "embeddings",
  "images/generations",
  "images/edits",
  "images/variations",
  "audio/speech",
  "audio/transcriptions",
  "audio/translations",
  "rerank",
  "responses",
  "messages",
  "messages/count_tokens",
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
] as const;
export type Surface = (typeof surfaces)[number];

/** The APIs that clients speak. */
export type ClientApi = "openai" | "anthropic" | "gemini";

/** `…/models/{model}:generateContent`: the model is named in the path. */
export const geminiSurfaces = [
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
] as const satisfies readonly Surface[];

export const anthropicSurfaces = ["messages", "messages/count_tokens"] as const satisfies readonly Surface[];

export function clientApiOf(surface: Surface): ClientApi {
  if ((geminiSurfaces as readonly Surface[]).includes(surface)) return "gemini";
  return (anthropicSurfaces as readonly Surface[]).includes(surface) ? "anthropic" : "openai";
}

/** Surfaces of the OpenAI API, which compatible servers may have. */
export const openAiSurfaces: readonly Surface[] = surfaces.filter((surface) => clientApiOf(surface) === "openai");

/** Endpoints of providers that no client asks for by name: requests are translated into what they take. */
export const endpoints = [
  "responses/input_tokens",
  "converse",
  "converse-stream",
  "invoke",
  "count-tokens",
  "chat",
  "embed",
  "text-generation",
  "multimodal-generation",
  "text-embedding",
  "text-rerank",
  "rawPredict",
  "streamRawPredict",
  "predict",
] as const;
export type Endpoint = (typeof endpoints)[number];

/** What a provider's path may be given for. */
export type PathName = Surface | Endpoint;
export const pathNames: readonly PathName[] = [...surfaces, ...endpoints];

/**
 * Where the APIs are that a route serves. All of them are below its prefix. Gemini's clients put `/v1beta` where
 * OpenAI's and Anthropic's put `/v1`, so that a prefix which ends in the one stands for the other as well.
 */
export function apiRoots(pathPrefix: string): string[] {
  return pathPrefix.endsWith("/v1") ? [pathPrefix, `${pathPrefix}beta`] : [pathPrefix];
}
