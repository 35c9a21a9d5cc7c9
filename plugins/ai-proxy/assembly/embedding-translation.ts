// Embeddings between a client and a provider of different dialects.
import { Fault, JsonTape, parseInteger, responseHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { EmbeddingRequest, EmbeddingResponse } from "@weir/dialects/hub/assembly/embedding";
import { EmbeddingClient, EmbeddingProvider } from "@weir/dialects/hub/assembly/embedding-dialect";
import { findEmbeddingProvider } from "@weir/dialects/registry/assembly/embeddings";
import { Exchange } from "./exchange";
import { WholeTranslation } from "./translation";

const INPUT_TOKEN_COUNT = Slice.of("x-amzn-bedrock-input-token-count");

/** The translation of one exchange. */
@final
export class EmbeddingTranslation extends WholeTranslation {
  /** Needed for the answer: how the client wants its vectors, and how many there are to be. */
  private readonly request: EmbeddingRequest = new EmbeddingRequest();

  constructor(
    client: ClientDialect,
    private readonly surface: EmbeddingClient,
    private provider: EmbeddingProvider,
  ) {
    super(client);
  }

  protected translate(exchange: Exchange, tape: JsonTape): Fault | null {
    const request = this.request;
    const fault = this.surface.decodeRequest(tape, request);
    if (fault) return fault;
    const providerModel = exchange.edit.providerModel;
    const provider = findEmbeddingProvider(exchange.target.embeddingDialect(providerModel));
    if (provider) this.provider = provider;
    request.model = this.providerModel;
    const output = new Writer(tape.bytes.length + 256);
    const unfit = this.provider.encodeRequest(request, output);
    if (unfit) return unfit;
    this.send(exchange, this.provider.endpoint, output);
    this.dropped = request.dropped.toHeader();
    return null;
  }

  answerTape(exchange: Exchange): JsonTape {
    return new JsonTape(this.provider.recordDepth);
  }

  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    const response = new EmbeddingResponse();
    if (this.provider.decodeResponse(tape, response)) return this.unreadable(exchange, tape);
    if (!response.model.length) response.model = this.model;
    if (response.usage.inputTokens < 0) response.usage.inputTokens = tokensInHeader();
    exchange.answer.usage.merge(response.usage);
    return this.surface.encodeResponse(this.request, response, output) ? this.unreadable(exchange, tape) : null;
  }
}

/** Bedrock tells the tokens of some models there alone. −1 where it does not. */
function tokensInHeader(): i64 {
  const count = responseHeaders.get(INPUT_TOKEN_COUNT);
  return count ? parseInteger(count, -1) : -1;
}
