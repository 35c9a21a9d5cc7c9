// Which translation serves a surface that a provider does not have itself.
import { Slice } from "@weir/sdk/assembly";
import { findEmbeddingClient, findEmbeddingProvider } from "@weir/dialects/registry/assembly/embeddings";
import { findClient } from "@weir/dialects/registry/assembly/registry";
import { findRerankClient, findRerankProvider } from "@weir/dialects/registry/assembly/reranks";
import { findTokenCountClient, findTokenCountProvider } from "@weir/dialects/registry/assembly/token-counts";
import { Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { ChatTranslation } from "./chat-translation";
import { CountTranslation } from "./count-translation";
import { EmbeddingTranslation } from "./embedding-translation";
import { RerankTranslation } from "./rerank-translation";
import { Exchange } from "./exchange";
import { Target } from "./target";
import { Translation } from "./translation";

const OPENAI_CHAT = Slice.of("openai-chat");

/**
 * Whether the request passes in the client's own dialect. Not so, though the provider has the surface, where a stream
 * is to be a list, in which no usage could be read; nor where the body repeats a model's name that is mapped.
 */
export function isSpliced(exchange: Exchange): bool {
  const wanted = exchange.wanted;
  if (!exchange.target.serves(wanted.surface) || wanted.wantsList) return false;
  if (!wanted.model.length || wanted.surface.purpose == Purpose.Chat) return true;
  return exchange.providerModelOf(wanted.model).equals(wanted.model);
}

/** A new translation for one exchange with `target`; null where there is none. */
export function translationOf(wanted: SurfacePath, target: Target): Translation | null {
  const surface = wanted.surface;
  if (wanted.rest.length) return null;
  switch (surface.purpose) {
    case Purpose.Chat:
      return target.has(target.dialect.chat) ? chatOf(surface) : null;
    case Purpose.Embeddings:
      return embeddingOf(surface, target);
    case Purpose.Rerank:
      return rerankOf(surface, target);
    case Purpose.TokenCount:
      return countOf(surface, target);
    default:
      return null;
  }
}

function chatOf(surface: Surface): Translation | null {
  const client = findClient(surface.dialect);
  return client ? new ChatTranslation(client) : null;
}

function embeddingOf(surface: Surface, target: Target): Translation | null {
  const own = findEmbeddingClient(surface.name);
  const provider = findEmbeddingProvider(target.embeddingDialect(Slice.empty()));
  const client = findClient(own ? own.dialect : OPENAI_CHAT);
  if (!own || !provider || !client || !target.has(provider.endpoint)) return null;
  return new EmbeddingTranslation(client, own, provider);
}

function rerankOf(surface: Surface, target: Target): Translation | null {
  const own = findRerankClient(surface.name);
  const provider = findRerankProvider(target.dialect.name);
  const client = findClient(own ? own.dialect : OPENAI_CHAT);
  if (!own || !provider || !client || !target.has(provider.endpoint)) return null;
  return new RerankTranslation(client, own, provider);
}

function countOf(surface: Surface, target: Target): Translation | null {
  const own = findTokenCountClient(surface.name);
  const client = findClient(surface.dialect);
  if (!own || !client) return null;
  const provider = findTokenCountProvider(target.countDialect);
  return new CountTranslation(client, own, provider && target.has(provider.endpoint) ? provider : null);
}
