// A Converse stream → hub. What the answer cost is told behind its end.
//
//   messageStart (contentBlockStart? contentBlockDelta* contentBlockStop)* messageStop metadata
//   or, at any place, an exception
//
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import { decodeBase64, encodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt } from "../../hub/assembly/content";
import { answerIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { finishOf, stopSequence } from "./decode-response";
import { decodeException } from "./error";
import { isMalformed } from "./finish";
import { ERROR_PREFIX, EXCEPTION_PREFIX } from "./frames";
import { signaturesOf } from "./model";
import * as own from "./names";
import { StreamCalls } from "./stream-calls";
import { decodeUsage } from "./usage";

const MESSAGE_START = Slice.of("messageStart");
const BLOCK_START = Slice.of("contentBlockStart");
const BLOCK_DELTA = Slice.of("contentBlockDelta");
const BLOCK_STOP = Slice.of("contentBlockStop");
const MESSAGE_STOP = Slice.of("messageStop");
const METADATA = Slice.of("metadata");
const CITATION = Slice.of("citation");
const START = Slice.of("start");
const BLOCK_INDEX = Slice.of("contentBlockIndex");
const CUT = Slice.of("The provider's stream ended before its answer was whole");
const NOT_JSON = Slice.of("The provider sent an event that is not valid JSON");
const UNREADABLE = Slice.of("The model's output could not be read");

/** Reads the events. */
@final
export class ConverseStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private known: Usage = new Usage();
  private calls: StreamCalls;
  /** The bytes of redacted thinking, which may come in several events. */
  private redacted: Writer = new Writer();
  private hasStarted: bool = false;
  private isFinished: bool = false;
  private isOver: bool = false;

  constructor(
    sink: ChatSink,
    private readonly options: DecodeOptions,
  ) {
    super(sink);
    this.calls = new StreamCalls(sink);
  }

  take(name: Slice, data: Slice): void {
    if (this.isOver) return;
    if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, NOT_JSON));
    else this.takeEvent(name);
    this.tape.clear();
  }

  end(): void {
    if (this.isOver) return;
    if (this.isFinished) this.stop();
    else this.fail(ChatError.of(ErrorKind.Server, CUT));
  }

  private takeEvent(name: Slice): void {
    if (name.equals(BLOCK_DELTA)) this.takeDelta();
    else if (name.equals(BLOCK_START)) this.takeBlockStart();
    else if (name.equals(BLOCK_STOP)) this.takeBlockStop();
    else if (name.equals(MESSAGE_START)) this.start();
    else if (name.equals(MESSAGE_STOP)) this.takeMessageStop();
    else if (name.equals(METADATA)) this.takeMetadata();
    else if (name.startsWith(EXCEPTION_PREFIX)) this.takeException(name.slice(EXCEPTION_PREFIX.length));
    else if (name.startsWith(ERROR_PREFIX)) this.takeException(name.slice(ERROR_PREFIX.length));
    else this.sink.keepAlive();
  }

  private stop(): void {
    this.isOver = true;
    this.sink.messageEnd();
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeException(type: Slice): void {
    const error = new ChatError();
    decodeException(this.tape, type, error);
    this.fail(error);
  }

  private start(): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const head = new StreamHead();
    head.id = answerIdOr(Slice.empty(), this.options);
    this.sink.signatures = signaturesOf(this.options.model);
    this.sink.messageStart(head);
  }

  private blockIndex(): i64 {
    return this.tape.integer(this.tape.find(this.tape.root, BLOCK_INDEX));
  }

  private takeBlockStart(): void {
    const tape = this.tape;
    const start = tape.find(tape.root, START);
    const call = tape.find(start, own.TOOL_USE);
    this.start();
    if (this.isFinished) return;
    if (call >= 0) this.calls.start(tape, call, this.blockIndex());
    else if (tape.first(start) >= 0) this.sink.dropped.add(tape.keyText(tape.first(start)));
  }

  private takeDelta(): void {
    const tape = this.tape;
    if (this.isFinished) return;
    this.start();
    const delta = tape.find(tape.root, own.DELTA);
    const text = contentAt(tape, delta, names.TEXT);
    if (text.length) this.sink.textDelta(text);
    const input = contentAt(tape, tape.find(delta, own.TOOL_USE), own.INPUT);
    if (input.length) this.calls.add(this.blockIndex(), input);
    const thinking = tape.find(delta, own.REASONING_CONTENT);
    if (thinking >= 0) this.takeThinking(thinking);
    if (tape.find(delta, CITATION) >= 0) this.sink.dropped.add(names.CITATIONS);
  }

  private takeThinking(node: i32): void {
    const tape = this.tape;
    const text = contentAt(tape, node, names.TEXT);
    if (text.length) this.sink.thinkingDelta(text);
    const signature = contentAt(tape, node, names.SIGNATURE);
    if (signature.length) this.sink.signatureDelta(signature);
    const bytes = decodeBase64(contentAt(tape, node, own.REDACTED_CONTENT));
    if (bytes) this.redacted.bytes(bytes);
  }

  private tellRedacted(): void {
    if (this.redacted.length) this.sink.thinkingRedacted(encodeBase64(this.redacted.take()));
  }

  private takeBlockStop(): void {
    if (this.isFinished) return;
    this.start();
    this.tellRedacted();
    if (!this.calls.end(this.blockIndex())) this.sink.partEnd();
  }

  private takeMessageStop(): void {
    const tape = this.tape;
    const reason = tape.text(tape.find(tape.root, own.STOP_REASON));
    if (this.isFinished) return;
    if (isMalformed(reason)) {
      this.fail(ChatError.of(ErrorKind.Server, UNREADABLE));
      return;
    }
    this.start();
    this.isFinished = true;
    this.tellRedacted();
    this.calls.endAll();
    this.sink.finish(finishOf(reason, this.calls.count > 0), stopSequence(tape));
  }

  private takeMetadata(): void {
    const tape = this.tape;
    decodeUsage(tape, tape.find(tape.root, names.USAGE), this.known);
    if (this.known.isKnown) this.sink.usage(this.known);
    if (this.isFinished) this.stop();
  }
}
