// Takes down what an answer tells while its events pass on to the client's encoder.
import { Slice } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { plainOf } from "@weir/dialects/hub/assembly/content";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { Part } from "@weir/dialects/hub/assembly/part";
import { ChatSink, StreamHead } from "@weir/dialects/hub/assembly/stream";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Answer } from "./answer";
import { OutputMeter } from "@weir/dialects/surfaces/assembly/output-meter";

/** A sink that passes everything on. */
@final
export class MeteredSink extends ChatSink {
  constructor(
    private readonly inner: ChatSink,
    private readonly answer: Answer,
    private readonly meter: OutputMeter | null,
  ) {
    super(inner.dropped);
  }

  messageStart(head: StreamHead): void {
    this.answer.setId(plainOf(head.id));
    this.answer.setModel(head.model);
    this.next().messageStart(head);
  }

  textDelta(text: Slice): void {
    this.note(text);
    this.next().textDelta(text);
  }

  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    if (text.length) this.note(text);
    this.next().textDeltaWithLogprobs(text, rawLogprobs);
  }

  annotation(raw: Slice): void {
    this.next().annotation(raw);
  }

  citation(raw: Slice): void {
    this.next().citation(raw);
  }

  refusalDelta(text: Slice): void {
    this.note(text);
    this.next().refusalDelta(text);
  }

  thinkingDelta(text: Slice): void {
    this.note(text);
    this.next().thinkingDelta(text);
  }

  signatureDelta(signature: Slice): void {
    this.next().signatureDelta(signature);
  }

  thinkingRedacted(data: Slice): void {
    this.answer.noteContent();
    this.next().thinkingRedacted(data);
  }

  partEnd(): void {
    this.next().partEnd();
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    this.answer.noteContent();
    this.next().toolStart(index, id, name, signature);
  }

  toolDelta(index: i32, fragment: Slice): void {
    this.note(fragment);
    this.next().toolDelta(index, fragment);
  }

  toolEnd(index: i32): void {
    this.next().toolEnd(index);
  }

  wholePart(part: Part): void {
    this.answer.noteContent();
    this.next().wholePart(part);
  }

  usage(usage: Usage): void {
    this.answer.usage.merge(usage);
    this.next().usage(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    this.answer.setReason(reason);
    this.next().finish(reason, stopSequence);
  }

  error(error: ChatError): void {
    this.answer.failWith(error);
    this.next().error(error);
  }

  messageEnd(): void {
    this.next().messageEnd();
  }

  keepAlive(): void {
    this.next().keepAlive();
  }

  /** Content has come. */
  private note(text: Slice): void {
    this.answer.noteContent();
    const meter = this.meter;
    if (meter) meter.add(text);
  }

  /** The client's encoder, told what the decoder has said of the event that comes. */
  private next(): ChatSink {
    const inner = this.inner;
    inner.choice = this.choice;
    inner.signatures = this.signatures;
    return inner;
  }
}
