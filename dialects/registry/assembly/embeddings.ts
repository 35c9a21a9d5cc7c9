// Every dialect of embeddings: a line for each surface of clients and for each kind of provider.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { BedrockEmbeddingProvider } from "../../bedrock/assembly/embedding-provider";
import { CohereEmbeddingProvider } from "../../cohere/assembly/embedding-provider";
import { DashScopeEmbeddingProvider } from "../../dashscope/assembly/embedding-provider";
import { GeminiEmbeddingClient } from "../../gemini/assembly/embedding-client";
import {
  GeminiEmbeddingProvider,
  VertexEmbedContentProvider,
  VertexPredictProvider,
} from "../../gemini/assembly/embedding-provider";
import { EmbeddingClient, EmbeddingProvider } from "../../hub/assembly/embedding-dialect";
import { OllamaEmbeddingProvider } from "../../ollama/assembly/embedding-provider";
import { OpenAiEmbeddingClient } from "../../openai-embeddings/assembly/embedding-client";
import { OpenAiEmbeddingProvider } from "../../openai-embeddings/assembly/embedding-provider";
import { isOpenAi } from "./openai-family";

/** What clients may speak. */
export const embeddingClients: EmbeddingClient[] = [
  new OpenAiEmbeddingClient(),
  new GeminiEmbeddingClient("embedContent", false),
  new GeminiEmbeddingClient("batchEmbedContents", true),
];

const openAi = new OpenAiEmbeddingProvider();

/** What providers may speak. */
export const embeddingProviders: EmbeddingProvider[] = [
  openAi,
  new GeminiEmbeddingProvider(),
  new VertexPredictProvider(),
  new VertexEmbedContentProvider(),
  new CohereEmbeddingProvider(),
  new OllamaEmbeddingProvider(),
  new DashScopeEmbeddingProvider(),
  new BedrockEmbeddingProvider(),
];

/** What clients of this surface speak, or null. */
export function findEmbeddingClient(surface: Slice): EmbeddingClient | null {
  for (let i = 0; i < embeddingClients.length; ++i) {
    if (embeddingClients[i].surface.equals(surface)) return embeddingClients[i];
  }
  return null;
}

/** What targets of this dialect speak, or null where they embed nothing; `vertex-…` name Vertex AI's kinds. */
export function findEmbeddingProvider(dialect: Slice): EmbeddingProvider | null {
  if (isOpenAi(dialect)) return openAi;
  for (let i = 0; i < embeddingProviders.length; ++i) {
    if (embeddingProviders[i].name.equals(dialect)) return embeddingProviders[i];
  }
  return null;
}
