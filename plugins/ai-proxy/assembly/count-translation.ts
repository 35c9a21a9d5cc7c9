// Token counts for a client whose provider counts in another dialect, or not at all: then they are estimated here, and
// the provider is not asked.
import { Fault, HeaderList, JsonTape, sendLocalResponse, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { ChatRequest } from "@weir/dialects/hub/assembly/chat-request";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { TokenCount, TokenCountClient, TokenCountProvider } from "@weir/dialects/hub/assembly/token-count";
import { estimateTokens } from "@weir/dialects/hub/assembly/token-estimate";
import { Exchange } from "./exchange";
import { WholeTranslation } from "./translation";

/** Says of a count that it was not the model that counted. */
const ESTIMATE_HEADERS = new HeaderList()
  .addText("content-type", "application/json")
  .addText("x-weir-token-count", "estimate");

/** The translation of one exchange. */
@final
export class CountTranslation extends WholeTranslation {
  constructor(
    client: ClientDialect,
    private readonly surface: TokenCountClient,
    /** Null where the provider does not count. */
    private readonly provider: TokenCountProvider | null,
  ) {
    super(client);
  }

  protected translate(exchange: Exchange, tape: JsonTape): Fault | null {
    const target = exchange.target;
    const request = new ChatRequest();
    const fault = this.surface.decodeRequest(tape, this.client, request);
    if (fault) return fault;
    const provider = this.provider;
    if (!provider) return this.estimate(exchange, request);
    const unfit = target.dialect.checkRequest(request);
    if (unfit) return unfit;
    request.model = this.providerModel;
    const output = new Writer(tape.bytes.length + 256);
    const unencodable = provider.encodeRequest(target.dialect, request, target.encode, output);
    if (unencodable) return unencodable;
    this.send(exchange, provider.endpoint, output);
    this.dropped = request.dropped.toHeader();
    return null;
  }

  private estimate(exchange: Exchange, request: ChatRequest): Fault | null {
    const count = new TokenCount();
    const output = new Writer();
    estimateTokens(request, count);
    this.surface.encodeResponse(count, output);
    exchange.isAnswered = true;
    sendLocalResponse(200, ESTIMATE_HEADERS, output.take(), "weir_token_estimate");
    return null;
  }

  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    const count = new TokenCount();
    const provider = this.provider;
    if (!provider || provider.decodeResponse(tape, count)) return this.unreadable(exchange, tape);
    this.surface.encodeResponse(count, output);
    return null;
  }
}
