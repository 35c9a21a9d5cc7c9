// A stream of generateContent responses → hub. It has no mark at its end: it is whole when each candidate has said why
// it ended, and older models say so in every chunk. So what is the end is told when the stream is over.
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentFrom } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { decodeParts } from "./decode-content";
import { CallIdMaker, isBlocked, isUnusual, keepMetadata } from "./decode-response";
import { decodeError } from "./error";
import { decodeFinish, SAFETY } from "./finish";
import { decodeLogprobs } from "./logprobs";
import { integerOf } from "./member";
import * as own from "./names";
import { decodeUsage } from "./usage";

const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");
/** Candidates beyond it are ignored: no provider gives more. */
const CHOICES_MAX: i32 = 128;

/** What is known of one candidate. */
@final
class CandidateState {
  callCount: i32 = 0;
  /** The last `finishReason`; empty where none came. */
  reason: Slice = Slice.empty();
  message: Slice = Slice.empty();
}

/** Reads the chunks. */
@final
export class GeminiStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private candidates: CandidateState[] = [];
  private known: Usage = new Usage();
  private ids: CallIdMaker;
  private hasStarted: bool = false;
  private isOver: bool = false;

  constructor(
    sink: ChatSink,
    private readonly options: DecodeOptions,
  ) {
    super(sink);
    this.ids = new CallIdMaker(options.idSeed);
  }

  take(name: Slice, data: Slice): void {
    if (this.isOver) return;
    if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, MALFORMED));
    else this.takeChunk();
    this.tape.clear();
  }

  end(): void {
    if (this.isOver) return;
    if (!this.isWhole) {
      this.fail(ChatError.of(ErrorKind.Server, CUT));
      return;
    }
    this.isOver = true;
    for (let i = 0; i < this.candidates.length; ++i) this.finish(i);
    this.sink.messageEnd();
  }

  private get isWhole(): bool {
    for (let i = 0; i < this.candidates.length; ++i) if (!this.candidates[i].reason.length) return false;
    return this.candidates.length > 0;
  }

  private finish(index: i32): void {
    const state = this.candidates[index];
    const reason = decodeFinish(state.reason, state.callCount > 0);
    this.sink.choice = index;
    if (isUnusual(reason) && state.message.length) this.sink.refusalDelta(state.message);
    this.sink.finish(reason, Slice.empty());
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeChunk(): void {
    const tape = this.tape;
    const body = tape.kind(tape.root) == JsonKind.Array ? tape.first(tape.root) : tape.root;
    const problem = tape.find(body, names.ERROR);
    if (problem >= 0 && tape.kind(problem) != JsonKind.Null) {
      const error = new ChatError();
      decodeError(tape, 0, error);
      this.fail(error);
      return;
    }
    decodeUsage(tape, own.USAGE_METADATA.find(tape, body), this.known);
    if (this.known.isKnown) this.sink.usage(this.known);
    const list = own.CANDIDATES.find(tape, body);
    const feedback = own.PROMPT_FEEDBACK.find(tape, body);
    const blocked = isBlocked(tape, feedback);
    if (!this.hasStarted && (blocked || tape.first(list) >= 0)) this.start(body);
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) this.takeCandidate(node);
    if (blocked) this.takeBlock(feedback);
  }

  private start(body: i32): void {
    const tape = this.tape;
    const head = new StreamHead();
    const id = own.RESPONSE_ID.content(tape, body);
    head.id = id.length ? id : this.options.idSeed;
    head.model = own.MODEL_VERSION.content(tape, body);
    this.hasStarted = true;
    this.sink.signatures = SignatureFormat.Gemini;
    this.sink.messageStart(head);
  }

  /** The prompt was held back: that is the answer, where there is no other. */
  private takeBlock(feedback: i32): void {
    const state = this.state(0);
    if (state.reason.length) return;
    state.reason = SAFETY;
    state.message = own.BLOCK_REASON_MESSAGE.content(this.tape, feedback).copy();
  }

  private state(index: i32): CandidateState {
    while (this.candidates.length <= index) this.candidates.push(new CandidateState());
    return this.candidates[index];
  }

  private takeCandidate(node: i32): void {
    const tape = this.tape;
    const index = integerOf(tape, tape.find(node, names.INDEX), 0);
    if (tape.kind(node) != JsonKind.Object || index < 0 || index >= CHOICES_MAX) return;
    const state = this.state(<i32>index);
    this.sink.choice = <i32>index;
    const parts: Part[] = [];
    decodeParts(tape, tape.find(node, names.CONTENT), parts);
    keepMetadata(tape, node, parts);
    let rawLogprobs = decodeLogprobs(tape, own.LOGPROBS_RESULT.find(tape, node));
    for (let i = 0; i < parts.length; ++i) {
      if (parts[i].kind != PartKind.Text || !rawLogprobs.length) this.takePart(parts[i], state);
      else {
        this.sink.textDeltaWithLogprobs(parts[i].text, rawLogprobs);
        rawLogprobs = Slice.empty();
      }
    }
    if (rawLogprobs.length) this.sink.textDeltaWithLogprobs(Slice.empty(), rawLogprobs);
    const reason = own.FINISH_REASON.content(tape, node);
    if (!reason.length) return;
    state.reason = reason.copy();
    state.message = own.FINISH_MESSAGE.content(tape, node).copy();
  }

  private takePart(part: Part, state: CandidateState): void {
    switch (part.kind) {
      case PartKind.Text:
        this.sink.textDelta(part.text);
        break;
      case PartKind.Thinking:
        if (part.text.length) this.sink.thinkingDelta(part.text);
        if (part.signature.length) this.sink.signatureDelta(part.signature);
        break;
      case PartKind.ToolCall:
        this.takeCall(part, state);
        break;
      case PartKind.RedactedThinking:
        this.sink.thinkingRedacted(part.data);
        break;
      default:
        this.sink.wholePart(part);
    }
  }

  /** A call comes whole. */
  private takeCall(part: Part, state: CandidateState): void {
    const index = state.callCount++;
    this.sink.toolStart(index, this.ids.next(part.id), part.name, part.signature);
    this.sink.toolDelta(index, contentFrom(part.rawInput));
    this.sink.toolEnd(index);
  }
}
