// The configured answer that a client gets when nobody else has one: a completion in its own dialect, streamed if it
// has asked for a stream.
import {
  encodeHex,
  Fault,
  HeaderList,
  JsonTape,
  nowMs,
  randomBytes,
  sendLocalResponse,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { ChatRequest } from "@weir/dialects/hub/assembly/chat-request";
import { ChatResponse, Choice } from "@weir/dialects/hub/assembly/chat-response";
import { ClientDialect } from "@weir/dialects/hub/assembly/client-dialect";
import { contentFrom } from "@weir/dialects/hub/assembly/content";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { Part, PartKind } from "@weir/dialects/hub/assembly/part";
import { StreamOptions } from "@weir/dialects/hub/assembly/stream";
import { Exchange } from "./exchange";
import { replay } from "./replay";
import { WholeTranslation } from "./translation";

const CONTENT_TYPE = Slice.of("content-type");
const EVENT_STREAM = Slice.of("text/event-stream");
const JSON_TYPE = Slice.of("application/json");
const RESPONSE_ID = Slice.of("weir-");
const idSeedBytes: i32 = 12;

/** Such an answer. */
@final
export class StaticAnswer {
  /** The client's name of the model, as JSON content. */
  model: Slice = Slice.empty();
  isStream: bool = false;
  includeUsage: bool = false;
  rawEcho: Slice = Slice.empty();

  constructor(
    private readonly client: ClientDialect,
    private readonly text: Slice,
  ) {}

  /** Answers the exchange's request with it. */
  send(exchange: Exchange, reason: Slice): void {
    const isList = this.isStream && exchange.wanted.wantsList;
    const output = new Writer();
    const response = this.response();
    if (this.isStream) this.writeStream(response, isList, output);
    else this.client.encodeResponse(response, output);
    const headers = new HeaderList().add(CONTENT_TYPE, this.isStream && !isList ? EVENT_STREAM : JSON_TYPE);
    const attempt = exchange.attempt;
    if (attempt) attempt.passOwn(reason.length ? 0 : 200, headers, reason);
    exchange.isAnswered = true;
    sendLocalResponse(200, headers, output.take(), "weir_last_resort");
  }

  private response(): ChatResponse {
    const response = new ChatResponse();
    const choice = new Choice();
    choice.parts.push(Part.withText(PartKind.Text, contentFrom(this.text)));
    choice.finish = FinishReason.Stop;
    response.choices.push(choice);
    response.idSeed = encodeHex(randomBytes(idSeedBytes));
    response.id = new Writer().bytes(RESPONSE_ID).bytes(response.idSeed).take();
    response.model = this.model;
    response.createdSeconds = nowMs() / 1000;
    response.rawEcho = this.rawEcho;
    response.usage.inputTokens = 0;
    response.usage.outputTokens = 0;
    return response;
  }

  private writeStream(response: ChatResponse, isList: bool, output: Writer): void {
    const options = new StreamOptions();
    options.includeUsage = this.includeUsage;
    options.isArray = isList;
    options.createdSeconds = response.createdSeconds;
    options.model = this.model;
    options.idSeed = response.idSeed;
    options.rawEcho = this.rawEcho;
    replay(response, this.client.streamEncoder(options));
    output.bytes(options.output.take());
  }
}

/** The translation of a request that goes nowhere. */
@final
export class LastResort extends WholeTranslation {
  constructor(
    client: ClientDialect,
    private readonly text: Slice,
    /** Why the target at hand is not asked; empty where it is the last resort's own. */
    private readonly reason: Slice = Slice.empty(),
  ) {
    super(client);
  }

  protected translate(exchange: Exchange, tape: JsonTape): Fault | null {
    const request = new ChatRequest();
    request.isStream = exchange.wanted.surface.isStream;
    // What cannot be decoded was for an earlier attempt to refuse: here it is enough to know what form is wanted.
    this.client.decodeRequest(tape, request);
    const answer = new StaticAnswer(this.client, this.text);
    answer.model = this.model;
    answer.isStream = request.isStream;
    answer.includeUsage = request.includeUsage;
    answer.rawEcho = request.rawEcho;
    answer.send(exchange, this.reason);
    return null;
  }

  /** There is no provider that could answer. */
  encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null {
    return this.unreadable(exchange, tape);
  }
}
