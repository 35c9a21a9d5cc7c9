// What a translation does for one exchange whose client and provider speak different dialects. Which one it is, the
// client's surface decides.
import { Fault, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { contentFrom } from "@weir/dialects/hub/assembly/content";
import { Endpoint } from "@weir/dialects/hub/assembly/provider-dialect";
import { checkModel, MODEL, scanRequest } from "@weir/dialects/surfaces/assembly/request-model";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Exchange } from "./exchange";
import { ResponseStage } from "./response-stage";
import { TranslatedWhole } from "./translated-whole";

const EVENT_STREAM = Slice.of("text/event-stream");
const NOT_READABLE = Slice.of("The provider's answer cannot be understood");

/** One exchange's translation. */
export abstract class Translation {
  /** What could not be carried: the value of `x-weir-dropped`, empty for nothing. */
  dropped: Slice = Slice.empty();
  /** The client's name of the model, as JSON content: for answers that do not tell theirs. */
  protected model: Slice = Slice.empty();
  /** The provider's name of it, likewise. */
  protected providerModel: Slice = Slice.empty();

  /** `client` is the dialect of the client's chat, and of its errors. */
  constructor(protected readonly client: ClientDialect) {}
  /** The content type of what a client gets that asked for a stream. */
  streamType: Slice = EVENT_STREAM;

  /**
   * Reads the client's request and puts into `exchange.edit` what the provider is to get: body, path, and whether it is
   * a stream. What is wrong with the request is returned.
   */
  encodeRequest(exchange: Exchange, body: Slice): Refusal | null {
    // A tape of its own: what it grows to for a large body is let go with it.
    const tape = new JsonTape();
    const wanted = exchange.wanted;
    const error = scanRequest(tape, body);
    if (error) return error;
    const modelError = checkModel(tape, wanted);
    if (modelError) return modelError;
    const model = wanted.model.length ? wanted.model : tape.text(tape.find(tape.root, MODEL));
    const refusal = exchange.refuse(model);
    if (refusal) return refusal;
    const mapped = exchange.providerModelOf(model);
    exchange.edit.model = model;
    exchange.edit.providerModel = mapped;
    this.model = contentFrom(model);
    this.providerModel = contentFrom(mapped);
    const fault = this.translate(exchange, tape);
    return fault ? this.refusalOf(fault) : null;
  }

  /** Translates the request in `tape`, whose models are in `exchange.edit`. A fault is the client's mistake. */
  protected abstract translate(exchange: Exchange, tape: JsonTape): Fault | null;

  /** What takes an answer that is no error; `comesAsStream` where it is not known to be whole. */
  abstract answerStage(exchange: Exchange, comesAsStream: bool): ResponseStage;

  /** The status that the client gets for an error. */
  errorStatus(error: ChatError): u32 {
    return this.client.errorStatus(error);
  }

  /** Writes an error as the client knows errors. */
  encodeError(error: ChatError, output: Writer): void {
    this.client.encodeError(error, output);
  }

  /** Puts the provider's request into `exchange.edit`. */
  protected send(exchange: Exchange, endpoint: Endpoint, body: Writer): void {
    const edit = exchange.edit;
    edit.body = body.take();
    edit.path = exchange.target.endpointPath(endpoint, edit.providerModel);
  }

  /** What was wrong with a request is said without repeating any of it. */
  private refusalOf(fault: Fault): Refusal {
    const error = this.client.requestError(fault);
    const code = error.code.length ? error.code.toText() : "invalid_request";
    const param = error.param.toText();
    return new Refusal(400, ErrorKind.InvalidRequest, fault.detail, code, param, error.rawDetails);
  }
}

/** A translation whose answer is whole. */
export abstract class WholeTranslation extends Translation {
  answerStage(exchange: Exchange, comesAsStream: bool): ResponseStage {
    return new TranslatedWhole(exchange, this);
  }

  /** What an answer is scanned into. */
  answerTape(exchange: Exchange): JsonTape {
    return exchange.scratch.tape;
  }

  /** Writes the provider's answer, scanned into `tape`, for the client. Null, or what is wrong with it. */
  abstract encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null;

  /** An answer that cannot be read: some providers answer 200 with an error in the body. */
  protected unreadable(exchange: Exchange, tape: JsonTape): ChatError {
    const error = new ChatError();
    exchange.target.dialect.decodeError(tape, 502, error);
    if (!error.message.length) error.message = NOT_READABLE;
    return error;
  }
}
