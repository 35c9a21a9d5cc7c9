// Reranking between a client and a provider of different dialects.
import { Fault, JsonTape, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { RerankRequest, RerankResponse } from "@weir/dialects/hub/assembly/rerank";
import { RerankClient, RerankProvider } from "@weir/dialects/hub/assembly/rerank-dialect";
import { Exchange } from "./exchange";
import { WholeTranslation } from "./translation";

/** The translation of one exchange. */
@final
export class RerankTranslation extends WholeTranslation {
  /** Needed for the answer, which may repeat the documents. */
  private readonly request: RerankRequest = new RerankRequest();

  constructor(
    client: ClientDialect,
    private readonly surface: RerankClient,
    private readonly provider: RerankProvider,
  ) {
    super(client);
  }

  protected translate(exchange: Exchange, tape: JsonTape): Fault | null {
    const request = this.request;
    const fault = this.surface.decodeRequest(tape, request);
    if (fault) return fault;
    request.model = this.providerModel;
    const output = new Writer(tape.bytes.length + 256);
    this.provider.encodeRequest(request, output);
    this.send(exchange, this.provider.endpoint, output);
    this.dropped = request.dropped.toHeader();
    return null;
  }

  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    const response = new RerankResponse();
    if (this.provider.decodeResponse(tape, response)) return this.unreadable(exchange, tape);
    if (!response.model.length) response.model = this.model;
    exchange.answer.usage.merge(response.usage);
    return this.surface.encodeResponse(this.request, response, output) ? this.unreadable(exchange, tape) : null;
  }
}
