// Hub → message events. Blocks come one after the other here. Where a provider's calls interleave, the first runs
// through and the others wait in held-calls.ts until its arguments are whole.
//
//   message_start  (content_block_start content_block_delta* content_block_stop)*  message_delta  message_stop
//
// https://platform.claude.com/docs/en/build-with-claude/streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ChatError } from "../../hub/assembly/chat-error";
import { plainOf } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { HeldCalls } from "../../hub/assembly/held-calls";
import { JsonDepth } from "../../hub/assembly/json-depth";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamHead, StreamOptions } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { EventWriter } from "./event-writer";

const NO_PART: i32 = -1;

/** Writes the events. */
@final
export class MessageStreamEncoder extends ChatSink {
  private events: EventWriter;
  private known: Usage = new Usage();
  private reason: FinishReason = FinishReason.Unknown;
  private stopSequence: Slice = Slice.empty();
  /** The kind of the open block, or NO_PART; for a call its index and how far its arguments are. */
  private openKind: i32 = NO_PART;
  private openCall: i32 = -1;
  private depth: JsonDepth = new JsonDepth();
  private isSigned: bool = false;
  private held: HeldCalls = new HeldCalls();
  private isOver: bool = false;

  constructor(private readonly options: StreamOptions) {
    super(options.dropped);
    this.events = new EventWriter(options.output);
  }

  /** Choices behind the first have no place here. */
  private get isMuted(): bool {
    if (this.choice == 0) return this.isOver;
    this.dropped.add(names.CHOICES);
    return true;
  }

  messageStart(head: StreamHead): void {
    if (this.isOver) return;
    this.events.messageStart(head.id, head.model.length ? head.model : this.options.model, this.known);
  }

  textDelta(text: Slice): void {
    if (this.isMuted) return;
    this.switchTo(PartKind.Text);
    this.events.textDelta(text);
  }

  citation(raw: Slice): void {
    if (this.isMuted) return;
    this.switchTo(PartKind.Text);
    this.events.citationDelta(raw);
  }

  /** A refusal is said as text. */
  refusalDelta(text: Slice): void {
    this.textDelta(text);
  }

  thinkingDelta(text: Slice): void {
    if (this.isMuted) return;
    if (this.isSigned) this.closeBlock();
    this.switchTo(PartKind.Thinking);
    this.events.thinkingDelta(text);
  }

  signatureDelta(signature: Slice): void {
    if (this.isMuted) return;
    this.switchTo(PartKind.Thinking);
    this.events.signatureDelta(signature, this.isSigned ? SignatureFormat.Unknown : this.signatures);
    this.isSigned = true;
  }

  thinkingRedacted(data: Slice): void {
    if (this.isMuted) return;
    this.closeAll();
    this.events.redactedStart(data, this.signatures);
    this.events.blockStop();
  }

  partEnd(): void {
    if (!this.isMuted && this.openKind != PartKind.ToolCall) this.closeBlock();
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    if (this.isMuted) return;
    if (this.openKind == PartKind.ToolCall && !this.depth.isWhole) {
      this.held.start(index, id, name, signature);
      return;
    }
    this.closeAll();
    this.startCall(index, id, name, signature);
  }

  private startCall(index: i32, id: Slice, name: Slice, signature: Slice): void {
    if (signature.length) {
      this.events.thinkingStart();
      this.events.signatureDelta(signature, SignatureFormat.Gemini);
      this.events.blockStop();
    }
    this.openKind = PartKind.ToolCall;
    this.openCall = index;
    this.depth = new JsonDepth();
    this.events.toolStart(id, name);
  }

  toolDelta(index: i32, fragment: Slice): void {
    if (this.isMuted) return;
    if (index != this.openCall || this.openKind != PartKind.ToolCall) {
      this.held.add(index, fragment);
      return;
    }
    this.depth.take(plainOf(fragment));
    this.events.inputDelta(fragment);
    if (this.depth.isWhole && this.held.length) this.goOn();
  }

  toolEnd(index: i32): void {
    if (!this.isMuted && index == this.openCall) this.goOn();
  }

  /** An image comes whole with its block's start. */
  wholePart(part: Part): void {
    if (this.isMuted) return;
    if (part.kind != PartKind.Image) {
      this.dropped.addPart(part);
      return;
    }
    this.closeAll();
    this.events.imageStart(part, this.dropped);
    this.events.blockStop();
  }

  usage(usage: Usage): void {
    this.known.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    if (this.isMuted) return;
    this.closeAll();
    this.reason = reason;
    this.stopSequence = stopSequence.copy();
  }

  error(error: ChatError): void {
    if (this.isOver) return;
    this.isOver = true;
    this.events.error(error);
  }

  messageEnd(): void {
    if (this.isOver) return;
    this.closeAll();
    this.isOver = true;
    this.events.messageDelta(this.reason, this.stopSequence, this.known);
    this.events.messageStop();
  }

  keepAlive(): void {
    if (!this.isOver) this.events.ping();
  }

  /** Makes sure that a block of `kind` is open. */
  private switchTo(kind: PartKind): void {
    if (this.openKind == kind) return;
    this.closeAll();
    this.openKind = kind;
    if (kind == PartKind.Thinking) this.events.thinkingStart();
    else this.events.textStart();
  }

  private closeBlock(): void {
    if (this.openKind != NO_PART) this.events.blockStop();
    this.openKind = NO_PART;
    this.openCall = -1;
    this.isSigned = false;
  }

  /** Closes the open block, and tells the calls that waited for it: the last of them may go on. */
  private goOn(): void {
    this.closeBlock();
    while (this.held.length) {
      const call = this.held.shift();
      this.startCall(call.index, call.id, call.name, call.signature);
      const text = call.text.take();
      this.depth.take(plainOf(text));
      if (text.length) this.events.inputDelta(text);
      if (!this.held.length && !this.depth.isWhole) return;
      this.closeBlock();
    }
  }

  private closeAll(): void {
    this.goOn();
    this.closeBlock();
  }
}
