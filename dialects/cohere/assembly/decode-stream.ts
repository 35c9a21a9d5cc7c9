// A stream of chat events → hub. https://docs.cohere.com/docs/streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt } from "../../hub/assembly/content";
import { answerIdOr, callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { decodeError } from "./error";
import { decodeFinish, failureKind, isFailure } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const MESSAGE_START = Slice.of("message-start");
const CONTENT_START = Slice.of("content-start");
const CONTENT_DELTA = Slice.of("content-delta");
const CONTENT_END = Slice.of("content-end");
const CITATION_START = Slice.of("citation-start");
const TOOL_PLAN_DELTA = Slice.of("tool-plan-delta");
const TOOL_CALL_START = Slice.of("tool-call-start");
const TOOL_CALL_DELTA = Slice.of("tool-call-delta");
const TOOL_CALL_END = Slice.of("tool-call-end");
const MESSAGE_END = Slice.of("message-end");
const ARGUMENTS = Slice.of("arguments");
const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");
const BROKEN_OFF = Slice.of("The provider broke off its answer");
/** More open calls at once are ignored: each event is looked up among them. */
const OPEN_CALLS_MAX: i32 = 256;

@final
class OpenCall {
  hasArguments: bool = false;
  constructor(
    readonly wireIndex: i64,
    readonly index: i32,
  ) {}
}

/** Reads the events. */
@final
export class CohereStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private open: OpenCall[] = [];
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
    else this.takeEvent(this.tape.text(this.tape.find(this.tape.root, names.TYPE)));
    this.tape.clear();
  }

  end(): void {
    if (!this.isOver) this.fail(ChatError.of(ErrorKind.Server, CUT));
  }

  private takeEvent(type: Slice): void {
    if (type.equals(CONTENT_DELTA) || type.equals(CONTENT_START)) this.takeContent();
    else if (type.equals(TOOL_CALL_DELTA)) this.takeArguments();
    else if (type.equals(TOOL_PLAN_DELTA)) this.takePlan();
    else if (type.equals(CONTENT_END)) this.sink.partEnd();
    else if (type.equals(TOOL_CALL_START)) this.startCall();
    else if (type.equals(TOOL_CALL_END)) this.endCall(this.openIndex());
    else if (type.equals(MESSAGE_START)) this.start();
    else if (type.equals(MESSAGE_END)) this.finish();
    else if (type.length) this.takeOther(type);
    else this.takeError();
  }

  private takeOther(type: Slice): void {
    if (type.equals(CITATION_START)) this.sink.dropped.add(names.CITATIONS);
    this.sink.keepAlive();
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeError(): void {
    const error = new ChatError();
    decodeError(this.tape, 0, error);
    this.fail(error);
  }

  private start(): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const head = new StreamHead();
    head.id = answerIdOr(contentAt(this.tape, this.tape.root, names.ID), this.options);
    this.sink.messageStart(head);
  }

  private delta(): i32 {
    return this.tape.find(this.tape.root, own.DELTA);
  }

  private message(): i32 {
    return this.tape.find(this.delta(), names.MESSAGE);
  }

  private takeContent(): void {
    const tape = this.tape;
    const content = tape.find(this.message(), names.CONTENT);
    this.start();
    const thinking = contentAt(tape, content, own.THINKING);
    if (thinking.length) this.sink.thinkingDelta(thinking);
    const text = contentAt(tape, content, names.TEXT);
    if (text.length) this.sink.textDelta(text);
    if (tape.first(tape.find(tape.root, names.LOGPROBS)) >= 0) this.sink.dropped.add(names.LOGPROBS);
  }

  /** What the model says before it calls tools: text, as other models say it. */
  private takePlan(): void {
    const plan = contentAt(this.tape, this.message(), own.TOOL_PLAN);
    this.start();
    if (plan.length) this.sink.textDelta(plan);
  }

  private startCall(): void {
    if (this.open.length == OPEN_CALLS_MAX) return;
    const tape = this.tape;
    this.start();
    const call = tape.find(this.message(), own.TOOL_CALLS);
    const open = new OpenCall(this.wireIndex(), this.callCount++);
    this.open.push(open);
    const id = callIdOr(contentAt(tape, call, names.ID), this.options, open.index);
    const name = contentAt(tape, tape.find(call, names.FUNCTION), names.NAME);
    this.sink.toolStart(open.index, id, name, Slice.empty());
    this.takeArguments();
  }

  private wireIndex(): i64 {
    return this.tape.integer(this.tape.find(this.tape.root, names.INDEX));
  }

  /** The open call of the event, as an index of `open`, or −1. */
  private openIndex(): i32 {
    const index = this.wireIndex();
    for (let i = this.open.length - 1; i >= 0; --i) if (this.open[i].wireIndex == index) return i;
    return -1;
  }

  private takeArguments(): void {
    const tape = this.tape;
    const body = tape.find(tape.find(this.message(), own.TOOL_CALLS), names.FUNCTION);
    const fragment = contentAt(tape, body, ARGUMENTS);
    const at = this.openIndex();
    if (at < 0 || !fragment.length) return;
    this.open[at].hasArguments = true;
    this.sink.toolDelta(this.open[at].index, fragment);
  }

  private endCall(at: i32): void {
    if (at < 0) return;
    const call = this.open[at];
    this.open.splice(at, 1);
    if (!call.hasArguments) this.sink.toolDelta(call.index, names.EMPTY_OBJECT);
    this.sink.toolEnd(call.index);
  }

  private finish(): void {
    const tape = this.tape;
    const reason = tape.text(tape.find(this.delta(), own.FINISH_REASON));
    const message = contentAt(tape, this.delta(), names.ERROR);
    if (message.length || isFailure(reason)) {
      this.fail(ChatError.of(failureKind(reason), message.length ? message : BROKEN_OFF));
      return;
    }
    this.start();
    while (this.open.length) this.endCall(0);
    const usage = new Usage();
    decodeUsage(tape, tape.find(this.delta(), names.USAGE), usage);
    if (usage.isKnown) this.sink.usage(usage);
    this.sink.finish(decodeFinish(reason), Slice.empty());
    this.isOver = true;
    this.sink.messageEnd();
  }
}
