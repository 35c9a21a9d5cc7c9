// What the surfaces are translated for: a provider and a model for each kind of body.
import type { Harness } from "../../sdk/test/harness.ts";
import { namesOf, tell, type Told } from "./surfaces.ts";

/** For embeddings: a target's dialect, and a model. */
export const embeddingTargets: Record<string, [dialect: string, model: string]> = {
  "openai-embeddings": ["openai-chat", "text-embedding-3-small"],
  gemini: ["gemini", "gemini-embedding-001"],
  "vertex-predict": ["vertex-predict", "text-embedding-005"],
  "vertex-predict gemini": ["vertex-predict", "gemini-embedding-001"],
  "vertex-embed-content": ["vertex-embed-content", "gemini-embedding-2"],
  cohere: ["cohere", "embed-v4.0"],
  ollama: ["ollama", "nomic-embed-text"],
  dashscope: ["dashscope", "text-embedding-v4"],
  "bedrock titan": ["bedrock", "amazon.titan-embed-text-v2:0"],
  "bedrock titan v1": ["bedrock", "amazon.titan-embed-text-v1"],
  "bedrock cohere": ["bedrock", "us.cohere.embed-v4:0"],
  "bedrock other": ["bedrock", "amazon.nova-2-multimodal-embeddings-v1:0"],
};

/** For token counts: a provider's chat dialect, and a model. */
export const countTargets: Record<string, [chat: string, model: string]> = {
  anthropic: ["anthropic", "claude-sonnet-4-6"],
  "vertex-anthropic": ["anthropic", "claude-sonnet-4-6"],
  gemini: ["gemini", "gemini-3-flash"],
  vertex: ["gemini", "gemini-3-flash"],
  bedrock: ["bedrock", "anthropic.claude-sonnet-4-6-v1:0"],
  "openai-responses": ["openai-responses", "gpt-5.4"],
};

/** What a client said about documents in the answer of a reranking. */
export const documentWishes = { "as the provider likes": -1, "with documents": 1, "without documents": 0 };

/** The target of reranking whose provider is called `name`. */
export function rerankTarget(name: string): string {
  return name === "jina" ? "openai-chat" : name;
}

/** How many inputs the harness puts into a request: as many as vectors came, where the surface takes any number. */
export function inputsOf(surface: string): number {
  return surface === "embedContent" ? 1 : -1;
}

/** An embedding request for the target called `name`. */
export function embeddingRequest(harness: Harness, surface: string, name: string, body: string): Told {
  const [dialect, model] = embeddingTargets[name]!;
  return tell(harness, "embeddingRequest", surface, dialect, model, body);
}

/** A request for counting for the provider called `name`. */
export function countRequest(harness: Harness, surface: string, name: string, body: string): Told {
  const [chat, model] = countTargets[name]!;
  return tell(harness, "countRequest", surface, name, chat, model, body);
}

/** The surfaces whose requests for counting can be read: their chat's dialect is there. */
export function countableSurfaces(harness: Harness): string[] {
  const chats = namesOf(harness, "chatClients");
  return namesOf(harness, "countSurfaces").filter((name) => chats.includes(harness.text("countChat", name) ?? ""));
}

/** The providers for which requests for counting can be written: their chat's dialect is there. */
export function countableProviders(harness: Harness): string[] {
  const chats = namesOf(harness, "chatProviders");
  return namesOf(harness, "countDialects").filter((name) => chats.includes(countTargets[name]![0]));
}
