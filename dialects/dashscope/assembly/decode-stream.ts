// A stream of results, each what is new since the one before → hub.
// https://www.alibabacloud.com/help/en/model-studio/stream
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { answerIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { logprobsAt } from "../../openai-chat/assembly/decode-response";
import { ToolCalls } from "../../openai-chat/assembly/tool-calls";
import { dropBesides, dropPart } from "./decode-response";
import { decodeError } from "./error";
import { decodeFinish, isFinished } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");
/** Choices beyond it are ignored: DashScope gives at most four. */
const CHOICES_MAX: i32 = 128;

/** What is known of one choice. */
@final
class ChoiceState {
  /** Calls have OpenAI's form. */
  readonly calls: ToolCalls;
  outputTokens: i64 = 0;
  isFinished: bool = false;

  constructor(options: DecodeOptions) {
    this.calls = new ToolCalls(options);
  }
}

/** Reads the results. */
@final
export class DashScopeStreamDecoder extends StreamDecoder {
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
    if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, MALFORMED));
    else this.takeResult(name);
    this.tape.clear();
  }

  /** The end is good only when the answer's own end came before it. */
  end(): void {
    if (this.isOver) return;
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

  private takeResult(name: Slice): void {
    const tape = this.tape;
    const output = tape.find(tape.root, own.OUTPUT);
    if (name.equals(names.ERROR) || tape.kind(output) != JsonKind.Object) {
      const error = new ChatError();
      decodeError(tape, 0, error);
      this.fail(error);
      return;
    }
    if (!this.hasStarted) this.start();
    const list = tape.find(output, names.CHOICES);
    let last: ChoiceState | null = null;
    let count = 0;
    if (tape.kind(list) == JsonKind.Array) {
      for (let node = tape.first(list); node >= 0; node = tape.next(node)) last = this.takeChoice(node, count++);
    } else this.takeText(output);
    dropBesides(tape, output, this.sink.dropped);
    this.takeUsage(count == 1 ? last : null);
  }

  private start(): void {
    const head = new StreamHead();
    head.id = answerIdOr(contentAt(this.tape, this.tape.root, own.REQUEST_ID), this.options);
    this.hasStarted = true;
    this.sink.messageStart(head);
  }

  /** Of several choices each result tells its own output: they add up. */
  private takeUsage(choice: ChoiceState | null): void {
    const tape = this.tape;
    const node = tape.find(tape.root, names.USAGE);
    if (tape.kind(node) != JsonKind.Object) return;
    const told = new Usage();
    decodeUsage(tape, node, told);
    if (choice && told.outputTokens >= 0) {
      choice.outputTokens = told.outputTokens;
      told.outputTokens = 0;
      for (let i = 0; i < this.choices.length; ++i) told.outputTokens += this.choices[i].outputTokens;
    }
    this.known.merge(told);
    if (this.known.isKnown) this.sink.usage(this.known);
  }

  private stateOf(index: i32): ChoiceState {
    while (this.choices.length <= index) this.choices.push(new ChoiceState(this.options));
    this.sink.choice = index;
    return this.choices[index];
  }

  private takeChoice(node: i32, position: i32): ChoiceState | null {
    const tape = this.tape;
    const at = tape.find(node, names.INDEX);
    const index = tape.kind(at) == JsonKind.Number ? tape.integer(at) : position;
    if (index < 0 || index >= CHOICES_MAX) return null;
    const state = this.stateOf(<i32>index);
    if (state.isFinished) return state;
    this.takeMessage(tape.find(node, names.MESSAGE), logprobsAt(tape, node, this.sink.dropped), state);
    this.takeFinish(node, state);
    return state;
  }

  private takeMessage(message: i32, rawLogprobs: Slice, state: ChoiceState): void {
    const tape = this.tape;
    const thinking = contentAt(tape, message, own.REASONING_CONTENT);
    if (thinking.length) this.sink.thinkingDelta(thinking);
    const content = tape.find(message, names.CONTENT);
    if (rawLogprobs.length) this.sink.textDeltaWithLogprobs(contentOf(tape, content), rawLogprobs);
    else this.tellText(contentOf(tape, content));
    if (tape.kind(content) == JsonKind.Array) {
      for (let node = tape.first(content); node >= 0; node = tape.next(node)) this.takePart(node);
    }
    state.calls.take(tape, message, this.sink);
  }

  private takePart(node: i32): void {
    const text = contentAt(this.tape, node, names.TEXT);
    if (text.length) this.sink.textDelta(text);
    else dropPart(this.tape, node, this.sink.dropped);
  }

  private tellText(text: Slice): void {
    if (text.length) this.sink.textDelta(text);
  }

  /** The form of the first models: `text` and `finish_reason` beside each other. */
  private takeText(output: i32): void {
    const state = this.stateOf(0);
    if (state.isFinished) return;
    this.tellText(contentAt(this.tape, output, names.TEXT));
    this.takeFinish(output, state);
  }

  private takeFinish(node: i32, state: ChoiceState): void {
    const reason = this.tape.text(this.tape.find(node, own.FINISH_REASON));
    if (!isFinished(reason)) return;
    state.isFinished = true;
    state.calls.finish(this.sink);
    this.sink.finish(decodeFinish(reason, state.calls.count > 0), Slice.empty());
  }
}
