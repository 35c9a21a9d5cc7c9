// A stream of chat completion chunks → hub. Calls are tool-calls.ts's.
// https://platform.openai.com/docs/api-reference/chat-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { tellAnnotations } from "./annotations";
import { decodeImages } from "./decode-message";
import { decodePart } from "./decode-part";
import { dropSources, logprobsAt } from "./decode-response";
import { decodeDetail, plainThinking } from "./decode-thinking";
import { decodeError } from "./error";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { ToolCalls } from "./tool-calls";
import { decodeUsage } from "./usage";

const DONE = Slice.of("[DONE]");
const X_GROQ = Slice.of("x_groq");
const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");
/** Choices beyond it are ignored: no provider gives more. */
const CHOICES_MAX: i32 = 128;

/** What is known of one choice. */
@final
class ChoiceState {
  readonly calls: ToolCalls;
  isFinished: bool = false;

  constructor(options: DecodeOptions) {
    this.calls = new ToolCalls(options);
  }
}

/** Reads the chunks. */
@final
export class ChatStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private choices: ChoiceState[] = [];
  private known: Usage = new Usage();
  private hasStarted: bool = false;
  private isOver: bool = false;

  constructor(
    sink: ChatSink,
    private readonly options: DecodeOptions,
  ) {
    super(sink);
  }

  take(name: Slice, data: Slice): void {
    if (this.isOver) return;
    if (data.equals(DONE)) this.finish();
    else if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, MALFORMED));
    else this.takeChunk();
    this.tape.clear();
  }

  end(): void {
    if (!this.isOver) this.finish();
  }

  /** The end is good only when the answer's own end came before it. */
  private finish(): void {
    if (!this.isFinished) {
      this.fail(ChatError.of(ErrorKind.Server, CUT));
      return;
    }
    this.isOver = true;
    this.sink.messageEnd();
  }

  private get isFinished(): bool {
    for (let i = 0; i < this.choices.length; ++i) if (!this.choices[i].isFinished) return false;
    return this.choices.length > 0;
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeChunk(): void {
    const tape = this.tape;
    const root = tape.root;
    const problem = tape.find(root, names.ERROR);
    if (problem >= 0 && tape.kind(problem) != JsonKind.Null) {
      const error = new ChatError();
      decodeError(tape, 0, error);
      this.fail(error);
      return;
    }
    const choices = tape.find(root, names.CHOICES);
    if (!this.hasStarted && tape.first(choices) >= 0) this.start();
    for (let node = tape.first(choices); node >= 0; node = tape.next(node)) this.takeChoice(node);
    this.takeUsage();
  }

  private start(): void {
    const tape = this.tape;
    const head = new StreamHead();
    head.id = contentAt(tape, tape.root, names.ID);
    head.model = contentAt(tape, tape.root, names.MODEL);
    head.createdSeconds = tape.integer(tape.find(tape.root, own.CREATED));
    this.hasStarted = true;
    this.sink.messageStart(head);
  }

  private takeUsage(): void {
    const tape = this.tape;
    let node = tape.find(tape.root, names.USAGE);
    if (tape.kind(node) != JsonKind.Object) node = tape.find(tape.find(tape.root, X_GROQ), names.USAGE);
    if (tape.kind(node) != JsonKind.Object) return;
    decodeUsage(tape, node, this.known);
    this.sink.usage(this.known);
    dropSources(tape, this.sink.dropped);
  }

  private takeChoice(node: i32): void {
    const tape = this.tape;
    const index = tape.integer(tape.find(node, names.INDEX));
    if (index < 0 || index >= CHOICES_MAX) return;
    while (this.choices.length <= <i32>index) this.choices.push(new ChoiceState(this.options));
    const state = this.choices[<i32>index];
    if (state.isFinished) return;
    this.sink.choice = <i32>index;
    this.takeDelta(tape.find(node, own.DELTA), logprobsAt(tape, node, this.sink.dropped), state);
    const reason = tape.text(tape.find(node, own.FINISH_REASON));
    if (reason.length) this.finishChoice(state, decodeFinish(reason, state.calls.count > 0));
  }

  private finishChoice(state: ChoiceState, reason: FinishReason): void {
    state.isFinished = true;
    state.calls.finish(this.sink);
    dropSources(this.tape, this.sink.dropped);
    this.sink.finish(reason, Slice.empty());
  }

  private takeDelta(delta: i32, rawLogprobs: Slice, state: ChoiceState): void {
    const tape = this.tape;
    this.takeThinking(delta);
    const content = tape.find(delta, names.CONTENT);
    const text = contentOf(tape, content);
    if (tape.kind(content) == JsonKind.Array) this.takeParts(content);
    if (rawLogprobs.length) this.tellTokens(delta, text, rawLogprobs);
    else if (text.length) this.sink.textDelta(text);
    tellAnnotations(tape, delta, this.sink);
    if (tape.kind(tape.find(delta, names.AUDIO)) == JsonKind.Object) this.sink.dropped.add(names.AUDIO);
    const refusal = contentAt(tape, delta, names.REFUSAL);
    if (refusal.length) this.sink.refusalDelta(refusal);
    const images: Part[] = [];
    decodeImages(tape, delta, images);
    for (let i = 0; i < images.length; ++i) this.sink.wholePart(images[i]);
    state.calls.take(tape, delta, this.sink);
  }

  /** vLLM tells log probabilities of thinking and of calls as well. */
  private tellTokens(delta: i32, text: Slice, rawLogprobs: Slice): void {
    const tape = this.tape;
    const isOther = plainThinking(tape, delta).length > 0 || tape.find(delta, own.TOOL_CALLS) >= 0;
    if (isOther && !text.length) this.sink.dropped.add(names.LOGPROBS);
    else this.sink.textDeltaWithLogprobs(text, rawLogprobs);
  }

  /** Mistral's content may be a list of parts. https://docs.mistral.ai/capabilities/reasoning */
  private takeParts(list: i32): void {
    const tape = this.tape;
    for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
      const part = decodePart(tape, item);
      if (part.kind == PartKind.Text) this.sink.textDelta(part.text);
      else if (part.kind == PartKind.Thinking) this.tellThinking(part);
      else this.sink.wholePart(part);
    }
  }

  /** The details hold all thinking where they are there; else it is plain text. */
  private takeThinking(delta: i32): void {
    const tape = this.tape;
    const details = tape.find(delta, own.REASONING_DETAILS);
    if (tape.kind(details) == JsonKind.Array && tape.first(details) >= 0) {
      for (let item = tape.first(details); item >= 0; item = tape.next(item)) {
        const part = decodeDetail(tape, item);
        if (part) this.tellThinking(part);
      }
      return;
    }
    const text = plainThinking(tape, delta);
    if (text.length) this.sink.thinkingDelta(text);
  }

  private tellThinking(part: Part): void {
    if (part.signatureFormat != SignatureFormat.Unknown) this.sink.signatures = part.signatureFormat;
    if (part.kind == PartKind.RedactedThinking) this.sink.thinkingRedacted(part.data);
    if (part.text.length) this.sink.thinkingDelta(part.text);
    if (part.signature.length) this.sink.signatureDelta(part.signature);
  }
}
