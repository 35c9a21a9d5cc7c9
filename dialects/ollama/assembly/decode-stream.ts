// A stream of answers, each a piece of the whole, the last `done` → hub. https://docs.ollama.com/api/streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt, contentFrom } from "../../hub/assembly/content";
import { answerIdOr, callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { secondsOf } from "./created-at";
import { callInput, firstCall, logprobsOf } from "./decode-response";
import { decodeError } from "./error";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent a line that is not valid JSON");

/** Reads the lines. */
@final
export class OllamaStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private callCount: i32 = 0;
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
    else this.takeLine();
    this.tape.clear();
  }

  end(): void {
    if (!this.isOver) this.fail(ChatError.of(ErrorKind.Server, CUT));
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeLine(): void {
    const tape = this.tape;
    if (tape.find(tape.root, names.ERROR) >= 0) {
      const error = new ChatError();
      decodeError(tape, 0, error);
      this.fail(error);
      return;
    }
    if (!this.hasStarted) this.start();
    this.takeMessage(tape.find(tape.root, names.MESSAGE));
    if (tape.isTrue(tape.find(tape.root, own.DONE))) this.finish();
  }

  private start(): void {
    const tape = this.tape;
    const head = new StreamHead();
    head.id = answerIdOr(Slice.empty(), this.options);
    head.model = contentAt(tape, tape.root, names.MODEL);
    head.createdSeconds = secondsOf(tape.text(tape.find(tape.root, own.CREATED_AT)));
    this.hasStarted = true;
    this.sink.messageStart(head);
  }

  private takeMessage(message: i32): void {
    const tape = this.tape;
    const thinking = contentAt(tape, message, own.THINKING);
    if (thinking.length) this.sink.thinkingDelta(thinking);
    const text = contentAt(tape, message, names.CONTENT);
    const logprobs = logprobsOf(tape, tape.root);
    if (logprobs.length && thinking.length && !text.length) this.sink.dropped.add(names.LOGPROBS);
    else if (logprobs.length) this.sink.textDeltaWithLogprobs(text, logprobs);
    else if (text.length) this.sink.textDelta(text);
    const list = tape.find(message, own.TOOL_CALLS);
    for (let node = firstCall(tape, list); node >= 0; node = tape.next(node)) this.takeCall(node);
  }

  /** A call comes whole. */
  private takeCall(node: i32): void {
    const tape = this.tape;
    const body = tape.find(node, names.FUNCTION);
    const index = this.callCount++;
    const id = callIdOr(contentAt(tape, node, names.ID), this.options, index);
    this.sink.toolStart(index, id, contentAt(tape, body, names.NAME), Slice.empty());
    this.sink.toolDelta(index, contentFrom(callInput(tape, body)));
    this.sink.toolEnd(index);
  }

  private finish(): void {
    const tape = this.tape;
    const usage = new Usage();
    decodeUsage(tape, tape.root, usage);
    if (usage.isKnown) this.sink.usage(usage);
    const reason = tape.text(tape.find(tape.root, own.DONE_REASON));
    this.sink.finish(decodeFinish(reason, this.callCount > 0), Slice.empty());
    this.isOver = true;
    this.sink.messageEnd();
  }
}
