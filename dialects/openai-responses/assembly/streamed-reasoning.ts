// Reasoning in a provider's stream: its text as summaries (OpenAI) or as it is (open models), its signature at the end.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { contentAt } from "../../hub/assembly/content";
import { PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink } from "../../hub/assembly/stream";
import * as own from "./names";
import { BETWEEN_SUMMARIES, decodeReasoning } from "./reasoning";

const SUMMARY_ADDED = Slice.of("response.reasoning_summary_part.added");
const SUMMARY_DELTA = Slice.of("response.reasoning_summary_text.delta");
const TEXT_DELTA = Slice.of("response.reasoning_text.delta");

/** One item of reasoning at a time. */
@final
export class StreamedReasoning {
  /** The event that the item's text comes by; where both forms come, the first counts. */
  private source: Slice = Slice.empty();
  /** Whether another summary begins. */
  private isNext: bool = false;

  /** An item was added. */
  start(): void {
    this.source = Slice.empty();
    this.isNext = false;
  }

  /** Takes an event about the item's inside. */
  take(type: Slice, tape: JsonTape, sink: ChatSink): void {
    if (type.equals(SUMMARY_ADDED)) this.isNext = this.source.length > 0;
    else if (type.equals(SUMMARY_DELTA)) this.tell(SUMMARY_DELTA, tape, sink);
    else if (type.equals(TEXT_DELTA)) this.tell(TEXT_DELTA, tape, sink);
  }

  private tell(source: Slice, tape: JsonTape, sink: ChatSink): void {
    const text = contentAt(tape, tape.root, own.DELTA);
    if (!text.length || (this.source.length && !this.source.equals(source))) return;
    this.source = source;
    if (this.isNext) sink.thinkingDelta(BETWEEN_SUMMARIES);
    this.isNext = false;
    sink.thinkingDelta(text);
  }

  /** The item is done: it holds the signature, and all of the text. */
  finish(tape: JsonTape, item: i32, sink: ChatSink): void {
    const part = decodeReasoning(tape, item);
    const format = part ? part.signatureFormat : SignatureFormat.Unknown;
    if (format != SignatureFormat.Unknown) sink.signatures = format;
    if (part && part.kind == PartKind.RedactedThinking && !this.source.length) sink.thinkingRedacted(part.data);
    else if (part) {
      if (!this.source.length && part.text.length) sink.thinkingDelta(part.text);
      const signature = part.kind == PartKind.Thinking ? part.signature : part.data;
      if (signature.length) sink.signatureDelta(signature);
    }
    sink.partEnd();
    this.start();
  }
}
