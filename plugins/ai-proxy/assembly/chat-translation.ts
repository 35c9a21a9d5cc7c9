// Chat between a client and a provider of different dialects, through the hub.
import { encodeHex, Fault, JsonTape, nowMs, randomBytes, requestHeaders, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { AnswerCollector } from "@weir/dialects/hub/assembly/answer-collector";
import { ChatRequest } from "@weir/dialects/hub/assembly/chat-request";
import { ChatResponse } from "@weir/dialects/hub/assembly/chat-response";
import { DecodeOptions } from "@weir/dialects/hub/assembly/options";
import { StreamHeader } from "@weir/dialects/hub/assembly/provider-dialect";
import { StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { CollectedAnswer, CollectedStream } from "./collected-stream";
import { Exchange } from "./exchange";
import { MeteredSink } from "./metered-sink";
import { OutputMeter } from "@weir/dialects/surfaces/assembly/output-meter";
import { replay } from "./replay";
import { ResponseStage } from "./response-stage";
import { TranslatedStream } from "./translated-stream";
import { TranslatedWhole } from "./translated-whole";
import { WholeTranslation } from "./translation";

const idSeedBytes: i32 = 12;
const JSON_TYPE = Slice.of("application/json");

/** The translation of one exchange. */
@final
export class ChatTranslation extends WholeTranslation {
  private includeUsage: bool = false;
  /** Whether the provider gives a stream where the client wants a whole answer. */
  private isCollected: bool = false;
  /** Whether the client gets a stream as one list. */
  private isList: bool = false;
  /** What the client's dialect repeats of the request in the answer. */
  private rawEcho: Slice = Slice.empty();

  protected translate(exchange: Exchange, tape: JsonTape): Fault | null {
    const edit = exchange.edit;
    const dialect = exchange.target.dialect;
    const request = new ChatRequest();
    request.isStream = exchange.wanted.surface.isStream;
    const fault = this.client.decodeRequest(tape, request);
    if (fault) return fault;
    const unfit = dialect.checkRequest(request);
    if (unfit) return unfit;
    request.model = this.providerModel;
    this.isCollected = !request.isStream && dialect.isStreamOnly(request);
    this.includeUsage = request.includeUsage;
    this.isList = exchange.wanted.wantsList;
    if (this.isList) this.streamType = JSON_TYPE;
    this.rawEcho = request.rawEcho;
    edit.isStream = request.isStream;
    const asksForStream = request.isStream || this.isCollected;
    request.isStream = asksForStream;
    boundOutput(request, exchange.outputTokensMax);
    // A little more than came in: other dialects use more words, and growing means copying.
    const size = tape.bytes.length;
    const output = new Writer(size + (size >> 4) + 256);
    dialect.encodeRequest(request, exchange.target.encode, output);
    const endpoint = exchange.target.chatEndpoint(dialect.endpoint(request), asksForStream);
    this.send(exchange, endpoint, output);
    if (asksForStream) askForStream(exchange, dialect.streamHeader());
    this.dropped = request.dropped.toHeader();
    return null;
  }

  answerStage(exchange: Exchange, comesAsStream: bool): ResponseStage {
    if (comesAsStream && exchange.edit.isStream) return this.streamStage(exchange);
    return comesAsStream && this.isCollected ? this.collectingStage(exchange) : new TranslatedWhole(exchange, this);
  }

  private collectingStage(exchange: Exchange): ResponseStage {
    const dialect = exchange.target.dialect;
    const response = new ChatResponse();
    const collector = new AnswerCollector(response);
    response.dropped.addList(this.dropped);
    const decoder = dialect.streamDecoder(collector, this.decodeOptions());
    return new CollectedStream(exchange, this, dialect.frames(), new CollectedAnswer(response, collector, decoder));
  }

  private streamStage(exchange: Exchange): ResponseStage {
    const dialect = exchange.target.dialect;
    const options = this.streamOptions();
    const sink = new MeteredSink(this.client.streamEncoder(options), exchange.answer, exchange.meter);
    const decoder = dialect.streamDecoder(sink, this.decodeOptions());
    return new TranslatedStream(exchange, this, dialect.frames(), decoder, options);
  }

  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    const response = new ChatResponse();
    response.dropped.addList(this.dropped);
    const dialect = exchange.target.dialect;
    if (dialect.decodeResponse(tape, response, this.decodeOptions())) return this.unreadable(exchange, tape);
    this.encodeResponse(exchange, response, output);
    return null;
  }

  /** Writes a decoded answer for the client. */
  encodeResponse(exchange: Exchange, response: ChatResponse, output: Writer): void {
    if (!response.model.length) response.model = this.model;
    if (!response.createdSeconds) response.createdSeconds = nowMs() / 1000;
    response.idSeed = newSeed();
    response.rawEcho = this.rawEcho;
    exchange.answer.take(response);
    if (!response.usage.isKnown) meterResponse(response, exchange.meter);
    if (exchange.edit.isStream) this.replay(response, output);
    else this.client.encodeResponse(response, output);
    this.dropped = response.dropped.toHeader();
  }

  /** A provider that answers in one piece though a stream was asked for: the client gets its stream all the same. */
  private replay(response: ChatResponse, output: Writer): void {
    const options = this.streamOptions();
    replay(response, this.client.streamEncoder(options));
    response.dropped.addList(options.dropped.toHeader());
    output.bytes(options.output.toSlice());
  }

  private streamOptions(): StreamOptions {
    const options = new StreamOptions();
    options.includeUsage = this.includeUsage;
    options.isArray = this.isList;
    options.createdSeconds = nowMs() / 1000;
    options.model = this.model;
    options.idSeed = newSeed();
    options.rawEcho = this.rawEcho;
    options.dropped.addList(this.dropped);
    return options;
  }

  private decodeOptions(): DecodeOptions {
    const options = new DecodeOptions();
    options.idSeed = newSeed();
    options.model = this.providerModel;
    return options;
  }
}

/** No answer is to be longer than a limit allows. */
function boundOutput(request: ChatRequest, tokensMax: i64): void {
  if (tokensMax >= 0 && (request.maxTokens < 0 || request.maxTokens > tokensMax)) request.maxTokens = tokensMax;
}

function meterResponse(response: ChatResponse, meter: OutputMeter | null): void {
  if (!meter) return;
  for (let i = 0; i < response.choices.length; ++i) {
    const parts = response.choices[i].parts;
    for (let j = 0; j < parts.length; ++j) {
      meter.add(parts[j].text);
      meter.add(parts[j].rawInput);
    }
  }
}

/** Some providers are asked for a stream by a header. An attempt at another one takes it back. */
function askForStream(exchange: Exchange, header: StreamHeader | null): void {
  if (!header) return;
  exchange.saved.keep(header.name, requestHeaders.get(header.name));
  requestHeaders.set(header.name, header.value);
}

function newSeed(): Slice {
  return encodeHex(randomBytes(idSeedBytes));
}
