// Chat between a client and a provider of different dialects, through the hub.
import { encodeHex, Fault, JsonTape, nowMs, randomBytes, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, ErrorKind, errorKindOf } from "@weir/dialects/hub/assembly/chat-error";
import { ChatRequest } from "@weir/dialects/hub/assembly/chat-request";
import { ChatResponse } from "@weir/dialects/hub/assembly/chat-response";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { contentFrom } from "@weir/dialects/hub/assembly/content";
import { DecodeOptions } from "@weir/dialects/hub/assembly/options";
import { StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { MODEL, scanRequest, checkModel } from "@weir/dialects/surfaces/assembly/request-model";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Exchange } from "./exchange";
import { MeteredSink } from "./metered-sink";
import { replay } from "./replay";
import { ResponseStage } from "./response-stage";
import { TranslatedStream } from "./translated-stream";
import { TranslatedWhole } from "./translated-whole";
import { WholeTranslation } from "./translation";

const idSeedBytes: i32 = 12;
const NOT_READABLE = Slice.of("The provider's answer cannot be understood");

/** The translation of one exchange. */
@final
export class ChatTranslation extends WholeTranslation {
  private includeUsage: bool = false;
  /** The client's name of the model, for answers that do not tell theirs. */
  private model: Slice = Slice.empty();
  /** What the client's dialect repeats of the request in the answer. */
  private rawEcho: Slice = Slice.empty();

  constructor(private readonly client: ClientDialect) {
    super();
  }

  encodeRequest(exchange: Exchange, body: Slice): Refusal | null {
    // A tape of its own: what it grows to for a large body is let go with it.
    const tape = new JsonTape();
    const wanted = exchange.wanted;
    const error = scanRequest(tape, body);
    if (error) return error;
    const modelError = checkModel(tape, wanted);
    if (modelError) return modelError;
    const model = wanted.model.length ? wanted.model : tape.text(tape.find(tape.root, MODEL));
    const request = new ChatRequest();
    request.isStream = wanted.surface.isStream;
    const fault = this.client.decodeRequest(tape, request);
    if (fault) return this.refusalOf(fault);
    const unfit = exchange.target.dialect.checkRequest(request);
    if (unfit) return this.refusalOf(unfit);
    this.includeUsage = request.includeUsage;
    this.model = contentFrom(model);
    this.rawEcho = request.rawEcho;
    this.write(exchange, request, model, body.length);
    return null;
  }

  private write(exchange: Exchange, request: ChatRequest, model: Slice, size: i32): void {
    const edit = exchange.edit;
    const target = exchange.target;
    const dialect = target.dialect;
    edit.model = model;
    edit.isStream = request.isStream;
    const mapped = target.mapping.map(model);
    edit.providerModel = mapped;
    request.model = contentFrom(mapped);
    const output = new Writer(size + 256);
    dialect.encodeRequest(request, target.encode, output);
    edit.body = output.take();
    edit.path = target.endpointPath(request.isStream ? dialect.chatStream : dialect.chat, mapped);
    this.dropped = request.dropped.toHeader();
  }

  /** What was wrong with a request is said without repeating any of it. */
  private refusalOf(fault: Fault): Refusal {
    const error = this.client.requestError(fault);
    const code = error.code.length ? error.code.toText() : "invalid_request";
    const param = error.param.toText();
    return new Refusal(400, ErrorKind.InvalidRequest, fault.detail, code, param, error.rawDetails);
  }

  answerStage(exchange: Exchange, isStream: bool): ResponseStage {
    return isStream ? this.streamStage(exchange) : new TranslatedWhole(exchange, this);
  }

  private streamStage(exchange: Exchange): ResponseStage {
    const dialect = exchange.target.dialect;
    const options = this.streamOptions();
    const sink = new MeteredSink(this.client.streamEncoder(options), exchange.answer);
    return new TranslatedStream(
      exchange,
      dialect.frames(),
      dialect.streamDecoder(sink, decodeOptions(exchange)),
      options,
    );
  }

  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    const response = new ChatResponse();
    const dialect = exchange.target.dialect;
    if (dialect.decodeResponse(tape, response, decodeOptions(exchange))) return this.unreadable(exchange, tape);
    if (!response.model.length) response.model = this.model;
    if (!response.createdSeconds) response.createdSeconds = nowMs() / 1000;
    response.idSeed = newSeed();
    response.rawEcho = this.rawEcho;
    exchange.answer.take(response);
    if (exchange.edit.isStream) this.replay(response, output);
    else this.client.encodeResponse(response, output);
    this.dropped = joined(this.dropped, response.dropped.toHeader());
    return null;
  }

  /** A provider that answers in one piece though a stream was asked for: the client gets its stream all the same. */
  private replay(response: ChatResponse, output: Writer): void {
    const options = this.streamOptions();
    replay(response, this.client.streamEncoder(options));
    output.bytes(options.output.toSlice());
  }

  /** Some providers answer 200 with an error in the body. */
  private unreadable(exchange: Exchange, tape: JsonTape): ChatError {
    const error = new ChatError();
    exchange.target.dialect.decodeError(tape, 502, error);
    if (!error.message.length) error.message = NOT_READABLE;
    return error;
  }

  private streamOptions(): StreamOptions {
    const options = new StreamOptions();
    options.includeUsage = this.includeUsage;
    options.createdSeconds = nowMs() / 1000;
    options.model = this.model;
    options.idSeed = newSeed();
    options.rawEcho = this.rawEcho;
    return options;
  }

  errorStatus(status: u32): u32 {
    const error = new ChatError();
    error.kind = errorKindOf(status);
    error.status = status;
    return this.client.errorStatus(error);
  }

  encodeError(error: ChatError, output: Writer): void {
    this.client.encodeError(error, output);
  }
}

function newSeed(): Slice {
  return encodeHex(randomBytes(idSeedBytes));
}

function decodeOptions(exchange: Exchange): DecodeOptions {
  const options = new DecodeOptions();
  options.idSeed = newSeed();
  options.model = contentFrom(exchange.edit.providerModel);
  return options;
}

function joined(first: Slice, second: Slice): Slice {
  if (!first.length || !second.length) return first.length ? first : second;
  return new Writer().bytes(first).byte(0x2c).bytes(second).take();
}
