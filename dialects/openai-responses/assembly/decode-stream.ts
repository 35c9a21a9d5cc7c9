// The events of a response → hub. Calls are streamed-calls.ts's, reasoning is streamed-reasoning.ts's.
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "../../hub/assembly/chat-error";
import { contentAt, contentFrom } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamDecoder, StreamHead } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { logprobsOf } from "./decode-response";
import { decodeStreamError } from "./error";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { StreamedCalls } from "./streamed-calls";
import { StreamedReasoning } from "./streamed-reasoning";
import { decodeUsage } from "./usage";

const CREATED = Slice.of("response.created");
const QUEUED = Slice.of("response.queued");
const IN_PROGRESS = Slice.of("response.in_progress");
const COMPLETED = Slice.of("response.completed");
const INCOMPLETE = Slice.of("response.incomplete");
const FAILED = Slice.of("response.failed");
const CANCELLED = Slice.of("response.cancelled");
const ITEM_ADDED = Slice.of("response.output_item.added");
const ITEM_DONE = Slice.of("response.output_item.done");
const PART_ADDED = Slice.of("response.content_part.added");
const PART_DONE = Slice.of("response.content_part.done");
const TEXT_DELTA = Slice.of("response.output_text.delta");
const TEXT_DONE = Slice.of("response.output_text.done");
const ANNOTATION_ADDED = Slice.of("response.output_text.annotation.added");
const ANNOTATION = Slice.of("annotation");
const REFUSAL_DELTA = Slice.of("response.refusal.delta");
const REFUSAL_DONE = Slice.of("response.refusal.done");
const ARGUMENTS_DELTA = Slice.of("response.function_call_arguments.delta");
const ARGUMENTS_DONE = Slice.of("response.function_call_arguments.done");
const REASONING_PREFIX = Slice.of("response.reasoning_");
const DONE = Slice.of("[DONE]");
const CUT = Slice.of("The provider's stream ended before its answer was whole");
const MALFORMED = Slice.of("The provider sent an event that is not valid JSON");

/** Reads the events. */
@final
export class ResponseStreamDecoder extends StreamDecoder {
  private tape: JsonTape = new JsonTape();
  private known: Usage = new Usage();
  private calls: StreamedCalls;
  private reasoning: StreamedReasoning;
  /** Whether the part under way was said in deltas: then what repeats it whole says nothing new. */
  private hasDeltas: bool = false;
  /** Whether its annotations were told: likewise. */
  private hasAnnotations: bool = false;
  private hasStarted: bool = false;
  private isOver: bool = false;

  constructor(sink: ChatSink, options: DecodeOptions) {
    super(sink);
    this.calls = new StreamedCalls(options.idSeed);
    this.reasoning = new StreamedReasoning();
  }

  take(name: Slice, data: Slice): void {
    // Compatible providers end as chat completions do: it means nothing here.
    if (this.isOver || data.equals(DONE)) return;
    if (!data.length) this.sink.keepAlive();
    else if (this.tape.scan(data)) this.fail(ChatError.of(ErrorKind.Server, MALFORMED));
    else {
      const type = this.tape.text(this.tape.find(this.tape.root, names.TYPE));
      this.takeEvent(type.length ? type : name);
    }
    this.tape.clear();
  }

  end(): void {
    if (!this.isOver) this.fail(ChatError.of(ErrorKind.Server, CUT));
  }

  private fail(error: ChatError): void {
    this.isOver = true;
    this.sink.error(error);
  }

  private takeEvent(type: Slice): void {
    if (type.equals(TEXT_DELTA)) this.takeText();
    else if (type.equals(ARGUMENTS_DELTA)) this.calls.takeDelta(this.tape, this.sink);
    else if (type.startsWith(REASONING_PREFIX)) this.reasoning.take(type, this.tape, this.sink);
    else if (type.equals(ITEM_ADDED)) this.takeItemAdded();
    else if (type.equals(ITEM_DONE)) this.takeItemDone();
    else if (type.equals(PART_ADDED)) this.beginPart();
    else if (type.equals(TEXT_DONE) || type.equals(REFUSAL_DONE)) this.takePartWhole();
    else if (type.equals(PART_DONE)) this.takePartDone();
    else if (type.equals(ANNOTATION_ADDED)) this.tellAnnotation(this.tape.find(this.tape.root, ANNOTATION));
    else if (type.equals(REFUSAL_DELTA)) this.takeRefusal();
    else if (type.equals(ARGUMENTS_DONE)) this.calls.takeDone(this.tape, this.sink);
    else this.takeLifecycle(type);
  }

  private takeLifecycle(type: Slice): void {
    const response = this.tape.find(this.tape.root, own.RESPONSE);
    if (type.equals(CREATED) || type.equals(IN_PROGRESS) || type.equals(QUEUED)) this.start(response);
    else if (type.equals(COMPLETED) || type.equals(INCOMPLETE)) this.finish(response);
    else if (type.equals(FAILED) || type.equals(CANCELLED)) this.takeError(response);
    else if (type.equals(names.ERROR)) this.takeError(this.tape.root);
    // The provider's own tools are at work.
    else this.sink.keepAlive();
  }

  private takeError(holder: i32): void {
    const error = new ChatError();
    decodeStreamError(this.tape, holder, error);
    this.fail(error);
  }

  private start(response: i32): void {
    if (this.hasStarted) return;
    this.hasStarted = true;
    const tape = this.tape;
    const head = new StreamHead();
    head.id = contentAt(tape, response, names.ID);
    head.model = contentAt(tape, response, names.MODEL);
    head.createdSeconds = tape.integer(tape.find(response, own.CREATED_AT));
    this.sink.signatures = SignatureFormat.OpenAi;
    this.sink.messageStart(head);
  }

  private finish(response: i32): void {
    const tape = this.tape;
    this.start(response);
    this.calls.finish(this.sink);
    decodeUsage(tape, tape.find(response, names.USAGE), this.known);
    if (this.known.isKnown) this.sink.usage(this.known);
    this.sink.finish(decodeFinish(tape, response, this.calls.count > 0), Slice.empty());
    this.isOver = true;
    this.sink.messageEnd();
  }

  private item(): i32 {
    return this.tape.find(this.tape.root, own.ITEM);
  }

  private takeItemAdded(): void {
    const type = this.tape.text(this.tape.find(this.item(), names.TYPE));
    this.beginPart();
    if (type.equals(own.FUNCTION_CALL)) this.calls.start(this.tape, this.item(), this.sink);
    else if (type.equals(own.REASONING)) this.reasoning.start();
  }

  private takeItemDone(): void {
    const type = this.tape.text(this.tape.find(this.item(), names.TYPE));
    if (type.equals(own.FUNCTION_CALL)) this.calls.takeItem(this.tape, this.item(), this.sink);
    else if (type.equals(own.REASONING)) this.reasoning.finish(this.tape, this.item(), this.sink);
    else if (!type.equals(names.MESSAGE)) {
      this.sink.wholePart(Part.opaque(own.NAME_OF_DIALECT, contentFrom(type), this.tape.raw(this.item())));
    }
  }

  private beginPart(): void {
    this.hasDeltas = false;
    this.hasAnnotations = false;
  }

  private takePartDone(): void {
    const list = this.tape.find(this.tape.find(this.tape.root, own.PART), names.ANNOTATIONS);
    if (!this.hasAnnotations && this.tape.kind(list) == JsonKind.Array) {
      for (let node = this.tape.first(list); node >= 0; node = this.tape.next(node)) this.tellAnnotation(node);
    }
    this.sink.partEnd();
  }

  private tellAnnotation(node: i32): void {
    if (this.tape.kind(node) != JsonKind.Object) return;
    this.hasAnnotations = true;
    this.sink.annotation(this.tape.raw(node));
  }

  private takeText(): void {
    this.tellText(contentAt(this.tape, this.tape.root, own.DELTA));
    this.hasDeltas = true;
  }

  private takeRefusal(): void {
    this.tellRefusal(contentAt(this.tape, this.tape.root, own.DELTA));
    this.hasDeltas = true;
  }

  /** A part that came without deltas. */
  private takePartWhole(): void {
    if (this.hasDeltas) return;
    this.hasDeltas = true;
    this.tellText(contentAt(this.tape, this.tape.root, names.TEXT));
    this.tellRefusal(contentAt(this.tape, this.tape.root, names.REFUSAL));
  }

  private tellText(text: Slice): void {
    const logprobs = logprobsOf(this.tape, this.tape.root);
    if (logprobs.length) this.sink.textDeltaWithLogprobs(text, logprobs);
    else if (text.length) this.sink.textDelta(text);
  }

  private tellRefusal(text: Slice): void {
    if (text.length) this.sink.refusalDelta(text);
  }
}
