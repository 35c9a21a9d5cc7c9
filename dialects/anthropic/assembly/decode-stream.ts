// A stream of message events → hub. https://platform.claude.com/docs/en/build-with-claude/streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt, contentFrom } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { SignatureFormat } from "../../hub/assembly/signature";
import { StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { refusalText } from "./decode-response";
import { decodeError } from "./error";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const MESSAGE_START = Slice.of("message_start");
const MESSAGE_DELTA = Slice.of("message_delta");
const MESSAGE_STOP = Slice.of("message_stop");
const BLOCK_START = Slice.of("content_block_start");
const BLOCK_DELTA = Slice.of("content_block_delta");
const BLOCK_STOP = Slice.of("content_block_stop");
/** More open blocks at once are ignored: each event is looked up among them. */
const OPEN_CALLS_MAX: i32 = 256;
const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");

/** A call whose block is open. */
@final
class OpenCall {
  hasArguments: bool = false;
  constructor(
    readonly block: i64,
    readonly index: i32,
  ) {}
}

/** Reads the events. */
@final
export class MessageStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private known: Usage = new Usage();
  private open: OpenCall[] = [];
  private callCount: i32 = 0;
  private isFinished: bool = false;
  private isOver: bool = false;

  take(name: Slice, data: Slice): void {
    if (this.isOver) return;
    if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, MALFORMED));
    else this.takeEvent(this.tape.text(this.tape.find(this.tape.root, names.TYPE)));
    this.tape.clear();
  }

  end(): void {
    if (this.isOver) return;
    if (this.isFinished) this.stop();
    else this.fail(ChatError.of(ErrorKind.Server, CUT));
  }

  private takeEvent(type: Slice): void {
    if (type.equals(BLOCK_DELTA)) this.takeDelta();
    else if (type.equals(BLOCK_START)) this.takeBlockStart();
    else if (type.equals(BLOCK_STOP)) this.takeBlockStop();
    else if (type.equals(MESSAGE_START)) this.takeStart();
    else if (type.equals(MESSAGE_DELTA)) this.takeMessageDelta();
    else if (type.equals(MESSAGE_STOP)) this.end();
    else if (type.equals(names.ERROR)) this.takeError();
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

  private takeError(): void {
    const error = new ChatError();
    decodeError(this.tape, 0, error);
    this.fail(error);
  }

  private takeStart(): void {
    const tape = this.tape;
    const message = tape.find(tape.root, names.MESSAGE);
    const head = new StreamHead();
    head.id = contentAt(tape, message, names.ID);
    head.model = contentAt(tape, message, names.MODEL);
    this.sink.signatures = SignatureFormat.Anthropic;
    decodeUsage(tape, tape.find(message, names.USAGE), this.known);
    if (this.known.isKnown) this.sink.usage(this.known);
    this.sink.messageStart(head);
  }

  private blockIndex(): i64 {
    return this.tape.integer(this.tape.find(this.tape.root, names.INDEX));
  }

  private takeBlockStart(): void {
    const tape = this.tape;
    const block = tape.find(tape.root, own.CONTENT_BLOCK);
    const type = tape.text(tape.find(block, names.TYPE));
    if (type.equals(own.TOOL_USE)) this.startCall(block);
    else if (type.equals(names.TEXT)) this.tellText(contentAt(tape, block, names.TEXT));
    else if (type.equals(own.THINKING)) {
      this.tellThinking(contentAt(tape, block, own.THINKING));
      this.tellSignature(contentAt(tape, block, names.SIGNATURE));
    } else if (type.equals(own.REDACTED_THINKING)) this.sink.thinkingRedacted(contentAt(tape, block, names.DATA));
    // The provider's own tools and the like.
    else this.sink.dropped.add(type);
  }

  private startCall(block: i32): void {
    if (this.open.length == OPEN_CALLS_MAX) return;
    const tape = this.tape;
    const call = new OpenCall(this.blockIndex(), this.callCount++);
    this.open.push(call);
    const id = contentAt(tape, block, names.ID);
    this.sink.toolStart(call.index, id, contentAt(tape, block, names.NAME), Slice.empty());
    // Compatible providers may send the arguments whole, where Anthropic has an empty object.
    const input = tape.find(block, own.INPUT);
    if (tape.kind(input) != JsonKind.Object || tape.first(input) < 0) return;
    call.hasArguments = true;
    this.sink.toolDelta(call.index, contentFrom(tape.raw(input)));
  }

  private takeDelta(): void {
    const tape = this.tape;
    const delta = tape.find(tape.root, own.DELTA);
    const json = tape.find(delta, own.PARTIAL_JSON);
    if (json >= 0) this.takeArguments(contentAt(tape, delta, own.PARTIAL_JSON));
    this.tellText(contentAt(tape, delta, names.TEXT));
    this.tellThinking(contentAt(tape, delta, own.THINKING));
    this.tellSignature(contentAt(tape, delta, names.SIGNATURE));
    const citation = tape.find(delta, own.CITATION);
    if (tape.kind(citation) == JsonKind.Object) this.sink.citation(tape.raw(citation));
  }

  private tellText(text: Slice): void {
    if (text.length) this.sink.textDelta(text);
  }

  private tellThinking(text: Slice): void {
    if (text.length) this.sink.thinkingDelta(text);
  }

  private tellSignature(signature: Slice): void {
    if (signature.length) this.sink.signatureDelta(signature);
  }

  /** The open call of the event's block, as an index of `open`, or −1: the block is no call. */
  private openIndex(): i32 {
    const block = this.blockIndex();
    for (let i = 0; i < this.open.length; ++i) if (this.open[i].block == block) return i;
    return -1;
  }

  private takeArguments(fragment: Slice): void {
    const at = this.openIndex();
    if (at < 0 || !fragment.length) return;
    this.open[at].hasArguments = true;
    this.sink.toolDelta(this.open[at].index, fragment);
  }

  private takeBlockStop(): void {
    const at = this.openIndex();
    if (at < 0) this.sink.partEnd();
    else this.endCall(at);
  }

  private endCall(at: i32): void {
    const call = this.open[at];
    this.open.splice(at, 1);
    if (!call.hasArguments) this.sink.toolDelta(call.index, names.EMPTY_OBJECT);
    this.sink.toolEnd(call.index);
  }

  private takeMessageDelta(): void {
    const tape = this.tape;
    decodeUsage(tape, tape.find(tape.root, names.USAGE), this.known);
    if (this.known.isKnown) this.sink.usage(this.known);
    const delta = tape.find(tape.root, own.DELTA);
    const stop = tape.find(delta, own.STOP_REASON);
    if (tape.kind(stop) != JsonKind.String || this.isFinished) return;
    this.isFinished = true;
    while (this.open.length) this.endCall(0);
    const reason = decodeFinish(tape.text(stop));
    const refusal = reason == FinishReason.Refusal ? refusalText(tape, delta) : Slice.empty();
    if (refusal.length) this.sink.refusalDelta(refusal);
    this.sink.finish(reason, contentAt(tape, delta, own.STOP_SEQUENCE));
  }
}
