// Harness: what is not chat (embeddings, rerank, token counts) between any two dialects, as functions over buffers.
// Empty means a fault, told by `lastFault`.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { EmbeddingInput, EmbeddingRequest, EmbeddingResponse } from "../../hub/assembly/embedding";
import { EncodeOptions } from "../../hub/assembly/options";
import { RerankDocument, RerankRequest, RerankResponse } from "../../hub/assembly/rerank";
import { TextMeter } from "../../hub/assembly/text-meter";
import { TokenCount } from "../../hub/assembly/token-count";
import { estimateTokens } from "../../hub/assembly/token-estimate";
import { VectorFormat } from "../../hub/assembly/vector";
import {
  embeddingClients,
  embeddingProviders,
  findEmbeddingClient,
  findEmbeddingProvider,
} from "../../registry/assembly/embeddings";
import { clients, findClient, findProvider, providers } from "../../registry/assembly/registry";
import { findRerankClient, findRerankProvider, rerankClients, rerankProviders } from "../../registry/assembly/reranks";
import {
  findTokenCountClient,
  findTokenCountProvider,
  tokenCountClients,
  tokenCountProviders,
} from "../../registry/assembly/token-counts";

let fault: Fault | null = null;
let dropped: Slice = Slice.empty();
const NOTHING = new ArrayBuffer(0);

/** What the last translation dropped. */
export function lastDropped(): ArrayBuffer {
  return dropped.toBuffer();
}

/** What was wrong in the last translation; empty for nothing. */
export function lastFault(): ArrayBuffer {
  const last = fault;
  return last ? Slice.of(last.detail.length ? last.detail : "No JSON").toBuffer() : NOTHING;
}

function lines(names: Slice[]): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < names.length; ++i) writer.bytes(names[i]).byte(0x0a);
  return writer.take().toBuffer();
}

/** The surfaces of clients that embed, a line each. */
export function embeddingSurfaces(): ArrayBuffer {
  return lines(embeddingClients.map<Slice>((client) => client.surface));
}

/** The providers that embed, a line each. */
export function embeddingDialects(): ArrayBuffer {
  return lines(embeddingProviders.map<Slice>((provider) => provider.name));
}

/** The path of a provider's embeddings; empty where it has none. */
export function embeddingPath(dialect: ArrayBuffer): ArrayBuffer {
  const provider = findEmbeddingProvider(Slice.wrap(dialect));
  return provider ? provider.endpoint.path.toBuffer() : NOTHING;
}

/** A request for the provider, whose model is `model`. */
export function embeddingRequest(
  surface: ArrayBuffer,
  dialect: ArrayBuffer,
  model: ArrayBuffer,
  body: ArrayBuffer,
): ArrayBuffer {
  const client = findEmbeddingClient(Slice.wrap(surface));
  const provider = findEmbeddingProvider(Slice.wrap(dialect));
  if (!client || !provider) return NOTHING;
  const tape = new JsonTape();
  const request = new EmbeddingRequest();
  const writer = new Writer();
  fault = tape.scan(Slice.wrap(body));
  if (!fault) fault = client.decodeRequest(tape, request);
  request.model = Slice.wrap(model);
  if (!fault) fault = provider.encodeRequest(request, writer);
  dropped = request.dropped.toHeader();
  return fault ? NOTHING : writer.take().toBuffer();
}

/** An answer for the client, who asked for `count` vectors; −1 for as many as came. */
export function embeddingResponse(
  dialect: ArrayBuffer,
  surface: ArrayBuffer,
  body: ArrayBuffer,
  isBase64: bool,
  count: i32,
): ArrayBuffer {
  const client = findEmbeddingClient(Slice.wrap(surface));
  const provider = findEmbeddingProvider(Slice.wrap(dialect));
  if (!client || !provider) return NOTHING;
  const tape = new JsonTape(provider.recordDepth);
  const request = new EmbeddingRequest();
  const response = new EmbeddingResponse();
  const writer = new Writer();
  dropped = Slice.empty();
  request.format = isBase64 ? VectorFormat.Base64 : VectorFormat.Floats;
  fault = tape.scan(Slice.wrap(body));
  if (!fault) fault = provider.decodeResponse(tape, response);
  if (!response.model.length) response.model = Slice.of("some-model");
  const inputs = count < 0 ? response.vectors.length : count;
  for (let i = 0; i < inputs; ++i) request.inputs.push(new EmbeddingInput(Slice.empty()));
  if (!fault) fault = client.encodeResponse(request, response, writer);
  return fault ? NOTHING : writer.take().toBuffer();
}

/** The surfaces of clients that rerank, a line each. */
export function rerankSurfaces(): ArrayBuffer {
  return lines(rerankClients.map<Slice>((client) => client.surface));
}

/** The providers that rerank, a line each. */
export function rerankDialects(): ArrayBuffer {
  return lines(rerankProviders.map<Slice>((provider) => provider.name));
}

/** The path of a provider's reranking; empty where it has none. */
export function rerankPath(dialect: ArrayBuffer): ArrayBuffer {
  const provider = findRerankProvider(Slice.wrap(dialect));
  return provider ? provider.endpoint.path.toBuffer() : NOTHING;
}

/** A request for the provider. */
export function rerankRequest(surface: ArrayBuffer, dialect: ArrayBuffer, body: ArrayBuffer): ArrayBuffer {
  const client = findRerankClient(Slice.wrap(surface));
  const provider = findRerankProvider(Slice.wrap(dialect));
  if (!client || !provider) return NOTHING;
  const tape = new JsonTape();
  const request = new RerankRequest();
  const writer = new Writer();
  fault = tape.scan(Slice.wrap(body));
  if (!fault) fault = client.decodeRequest(tape, request);
  if (!fault) provider.encodeRequest(request, writer);
  dropped = request.dropped.toHeader();
  return fault ? NOTHING : writer.take().toBuffer();
}

/** An answer for the client, who sent three documents and said whether it wants them back (1, 0, −1 for nothing). */
export function rerankResponse(
  dialect: ArrayBuffer,
  surface: ArrayBuffer,
  body: ArrayBuffer,
  returnDocuments: i32,
): ArrayBuffer {
  const client = findRerankClient(Slice.wrap(surface));
  const provider = findRerankProvider(Slice.wrap(dialect));
  if (!client || !provider) return NOTHING;
  const tape = new JsonTape();
  const request = new RerankRequest();
  const response = new RerankResponse();
  const writer = new Writer();
  dropped = Slice.empty();
  request.returnDocuments = returnDocuments;
  request.documents.push(new RerankDocument(Slice.of("zero"), Slice.of('"zero"')));
  request.documents.push(new RerankDocument(Slice.of("one"), Slice.of('{"text":"one","title":"One"}')));
  request.documents.push(new RerankDocument(Slice.of("two"), Slice.of('"two"')));
  fault = tape.scan(Slice.wrap(body));
  if (!fault) fault = provider.decodeResponse(tape, response);
  if (!response.model.length) response.model = Slice.of("some-model");
  if (!fault) fault = client.encodeResponse(request, response, writer);
  return fault ? NOTHING : writer.take().toBuffer();
}

/** The surfaces of clients that count tokens, a line each. */
export function countSurfaces(): ArrayBuffer {
  return lines(tokenCountClients.map<Slice>((client) => client.surface));
}

/** The providers that count tokens, a line each. */
export function countDialects(): ArrayBuffer {
  return lines(tokenCountProviders.map<Slice>((provider) => provider.name));
}

/** The dialect of a surface's chat. */
export function countChat(surface: ArrayBuffer): ArrayBuffer {
  const client = findTokenCountClient(Slice.wrap(surface));
  return client ? client.dialect.toBuffer() : NOTHING;
}

/** The dialects of chat that clients speak, a line each. */
export function chatClients(): ArrayBuffer {
  return lines(clients.map<Slice>((client) => client.name));
}

/** The dialects of chat that providers speak, a line each. */
export function chatProviders(): ArrayBuffer {
  return lines(providers.map<Slice>((provider) => provider.name));
}

function readCounted(surface: ArrayBuffer, body: ArrayBuffer, request: ChatRequest): void {
  const client = findTokenCountClient(Slice.wrap(surface));
  const chat = client ? findClient(client.dialect) : null;
  const tape = new JsonTape();
  fault = tape.scan(Slice.wrap(body));
  if (!fault && client && chat) fault = client.decodeRequest(tape, chat, request);
}

/** A request for the provider, whose chat is of the dialect `chat`. */
export function countRequest(
  surface: ArrayBuffer,
  dialect: ArrayBuffer,
  chat: ArrayBuffer,
  model: ArrayBuffer,
  body: ArrayBuffer,
): ArrayBuffer {
  const provider = findTokenCountProvider(Slice.wrap(dialect));
  const encoder = findProvider(Slice.wrap(chat));
  if (!provider || !encoder) return NOTHING;
  const request = new ChatRequest();
  const writer = new Writer();
  readCounted(surface, body, request);
  request.model = Slice.wrap(model);
  if (!fault) fault = provider.encodeRequest(encoder, request, new EncodeOptions(), writer);
  dropped = request.dropped.toHeader();
  return fault ? NOTHING : writer.take().toBuffer();
}

/** An answer for the client. */
export function countResponse(dialect: ArrayBuffer, surface: ArrayBuffer, body: ArrayBuffer): ArrayBuffer {
  const client = findTokenCountClient(Slice.wrap(surface));
  const provider = findTokenCountProvider(Slice.wrap(dialect));
  if (!client || !provider) return NOTHING;
  const tape = new JsonTape();
  const count = new TokenCount();
  const writer = new Writer();
  dropped = Slice.empty();
  fault = tape.scan(Slice.wrap(body));
  if (!fault) fault = provider.decodeResponse(tape, count);
  if (!fault) client.encodeResponse(count, writer);
  return fault ? NOTHING : writer.take().toBuffer();
}

/** The estimate for a request; −1 where it is none. */
export function countEstimate(surface: ArrayBuffer, body: ArrayBuffer): i32 {
  const request = new ChatRequest();
  const count = new TokenCount();
  readCounted(surface, body, request);
  if (!fault) estimateTokens(request, count);
  return <i32>count.inputTokens;
}

/** The estimate for a text. */
export function textTokens(text: ArrayBuffer): i32 {
  const meter = new TextMeter();
  meter.take(Slice.wrap(text));
  return <i32>meter.tokens;
}

/** What it has at least. */
export function textTokensLeast(text: ArrayBuffer): i32 {
  const meter = new TextMeter();
  meter.take(Slice.wrap(text));
  return <i32>meter.least;
}

/** The exact estimate of a text, and its least, where the text comes in pieces of so many bytes. */
export function textMeasure(text: ArrayBuffer, pieceBytes: i32): f64 {
  const meter = new TextMeter();
  const whole = Slice.wrap(text);
  // A hundred times, for the meter rounds.
  for (let i = 0; i < 100; ++i) {
    meter.take(Slice.empty());
    for (let from = 0; from < whole.length;) {
      let end = from + pieceBytes;
      // No piece ends within a character.
      while (end < whole.length && (whole.at(end) & 0xc0) == 0x80) ++end;
      meter.goOn(whole.slice(from, end));
      from = end;
    }
  }
  return <f64>meter.tokens * 1e6 + <f64>meter.least;
}
