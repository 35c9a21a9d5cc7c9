// Hub → the events of a response. Items are written by open-message.ts, open-reasoning.ts and open-call.ts; what they
// became is kept for the last event, which repeats the whole response.
//
//   created  in_progress  (items)*  completed | incomplete        or, at any place:  error  failed
//
// https://platform.openai.com/docs/api-reference/responses-streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { compactJson } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { ChatSink, StreamHead, StreamOptions } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { logprobsOf } from "./encode-response";
import { encodeErrorMembers } from "./error";
import { EventWriter, ItemPlace } from "./event-writer";
import { incompleteReason } from "./finish";
import * as own from "./names";
import { OpenCall } from "./open-call";
import { OpenMessage } from "./open-message";
import { OpenReasoning } from "./open-reasoning";
import { CALL_PREFIX, itemId, MESSAGE_PREFIX, REASONING_PREFIX, RESPONSE_PREFIX } from "./output-item";
import { knownId } from "./reasoning";
import { ResponseObject } from "./response-object";

const CREATED = Slice.of("response.created");
const IN_PROGRESS = Slice.of("response.in_progress");
const COMPLETED = Slice.of("response.completed");
const INCOMPLETE = Slice.of("response.incomplete");
const FAILED = Slice.of("response.failed");
const COMMA: u8 = 0x2c;

/** Writes the events. */
@final
export class ResponseStreamEncoder extends ChatSink {
  private events: EventWriter;
  private object: ResponseObject = new ResponseObject();
  private known: Usage = new Usage();
  /** The finished items at their places; those that are open are empty. */
  private items: Slice[] = [];
  private message: OpenMessage | null = null;
  private messageIndex: i32 = 0;
  /** Whether there is or was one. */
  private hasMessage: bool = false;
  private thought: OpenReasoning | null = null;
  private thoughtIndex: i32 = 0;
  private thoughtFormat: SignatureFormat = SignatureFormat.Unknown;
  private calls: OpenCall[] = [];
  private reason: FinishReason = FinishReason.Unknown;
  private saysRefusal: bool = false;
  private isOver: bool = false;

  constructor(private readonly options: StreamOptions) {
    super(options.dropped);
    this.events = new EventWriter(options.output);
    this.object.id = itemId(RESPONSE_PREFIX, options.idSeed, 0);
    this.object.model = options.model;
    this.object.createdSeconds = options.createdSeconds;
    this.object.rawEcho = options.rawEcho;
  }

  /** Choices behind the first have no place here. */
  private get isMuted(): bool {
    if (this.choice == 0) return this.isOver;
    this.dropped.add(names.CHOICES);
    return true;
  }

  messageStart(head: StreamHead): void {
    if (this.isOver) return;
    if (head.id.length) this.object.id = head.id.copy();
    if (head.model.length) this.object.model = head.model.copy();
    if (head.createdSeconds) this.object.createdSeconds = head.createdSeconds;
    this.tellResponse(CREATED, new Usage());
    this.tellResponse(IN_PROGRESS, new Usage());
  }

  textDelta(text: Slice): void {
    if (!this.isMuted) this.say(PartKind.Text, text);
  }

  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    if (this.isMuted) return;
    const list = logprobsOf(rawLogprobs);
    if (list.length) this.opened().sayText(text, compactJson(list));
    else super.textDeltaWithLogprobs(text, rawLogprobs);
  }

  /** A message that is closed takes none any more. */
  annotation(raw: Slice): void {
    if (this.isMuted) return;
    if (this.message != null || !this.hasMessage) this.opened().annotate(compactJson(raw));
    else this.dropped.add(names.ANNOTATIONS);
  }

  refusalDelta(text: Slice): void {
    if (this.isMuted) return;
    this.saysRefusal = true;
    this.say(PartKind.Refusal, text);
  }

  thinkingDelta(text: Slice): void {
    if (this.isMuted) return;
    const open = this.thought;
    if (open && open.isSigned) this.endThought();
    this.thinking().think(text);
  }

  signatureDelta(signature: Slice): void {
    if (this.isMuted) return;
    this.thinking().sign(signature);
    this.thoughtFormat = this.signatures;
  }

  thinkingRedacted(data: Slice): void {
    if (!this.isMuted) this.tellSignature(data, this.signatures);
  }

  partEnd(): void {
    if (this.isMuted) return;
    this.endThought();
    const message = this.message;
    if (message) message.endPart();
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    if (this.isMuted) return;
    this.endMessage(own.COMPLETED);
    this.endThought();
    // A call's own signature goes before it, as reasoning that says nothing.
    if (signature.length) this.tellSignature(signature, SignatureFormat.Gemini);
    const call = Part.toolCall(id.copy(), name.copy(), Slice.empty());
    this.calls.push(new OpenCall(this.events, this.nextPlace(CALL_PREFIX), index, call));
  }

  toolDelta(index: i32, fragment: Slice): void {
    const at = this.callAt(index);
    if (at >= 0 && !this.isMuted) this.calls[at].add(fragment);
  }

  toolEnd(index: i32): void {
    const at = this.callAt(index);
    if (at >= 0 && !this.isMuted) this.endCall(at);
  }

  usage(usage: Usage): void {
    this.known.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    if (this.isMuted) return;
    this.reason = reason;
    this.endAll();
  }

  error(error: ChatError): void {
    if (this.isOver) return;
    this.isOver = true;
    const json = this.events.begin(names.ERROR);
    encodeErrorMembers(json, error);
    this.events.end(json);
    this.object.error = error;
    this.object.status = own.FAILED;
    this.tellResponse(FAILED, this.known);
  }

  messageEnd(): void {
    if (this.isOver) return;
    this.endAll();
    this.isOver = true;
    const incomplete = incompleteReason(this.reason, this.saysRefusal);
    this.object.end(incomplete);
    this.tellResponse(incomplete.length ? INCOMPLETE : COMPLETED, this.known);
  }

  keepAlive(): void {
    if (!this.isOver) this.events.ping();
  }

  private tellResponse(type: Slice, usage: Usage): void {
    const json = this.events.begin(type).key(own.RESPONSE);
    this.object.write(json, this.finished(), usage);
    this.events.end(json);
  }

  /** The finished items in JSON, with commas between. */
  private finished(): Slice {
    const writer = new Writer();
    for (let i = 0; i < this.items.length; ++i) {
      if (!this.items[i].length) continue;
      if (writer.length) writer.byte(COMMA);
      writer.bytes(this.items[i]);
    }
    return writer.take();
  }

  private nextPlace(prefix: Slice): ItemPlace {
    return this.placeOf(itemId(prefix, this.options.idSeed, this.items.length));
  }

  private placeOf(id: Slice): ItemPlace {
    this.items.push(Slice.empty());
    return new ItemPlace(id, this.items.length - 1);
  }

  private say(kind: PartKind, delta: Slice): void {
    this.opened().say(kind, delta);
  }

  /** The message under way, or a new one. */
  private opened(): OpenMessage {
    this.endThought();
    const known = this.message;
    if (known) return known;
    this.messageIndex = this.items.length;
    const message = new OpenMessage(this.events, this.nextPlace(MESSAGE_PREFIX));
    this.message = message;
    this.hasMessage = true;
    return message;
  }

  private thinking(): OpenReasoning {
    const open = this.thought;
    if (open) return open;
    this.endMessage(own.COMPLETED);
    this.thoughtIndex = this.items.length;
    const thought = new OpenReasoning(this.events, this.nextPlace(REASONING_PREFIX), PartKind.Thinking);
    this.thought = thought;
    this.thoughtFormat = SignatureFormat.Unknown;
    return thought;
  }

  /** Reasoning of a signature alone. */
  private tellSignature(signature: Slice, format: SignatureFormat): void {
    this.endMessage(own.COMPLETED);
    this.endThought();
    const known = knownId(signature, format);
    const place = known.length ? this.placeOf(known.copy()) : this.nextPlace(REASONING_PREFIX);
    const thought = new OpenReasoning(this.events, place, PartKind.RedactedThinking);
    thought.sign(signature);
    this.items[place.index] = thought.close(format);
  }

  private endThought(): void {
    const thought = this.thought;
    if (thought) this.items[this.thoughtIndex] = thought.close(this.thoughtFormat);
    this.thought = null;
  }

  private endMessage(status: Slice): void {
    const message = this.message;
    if (message) this.items[this.messageIndex] = message.close(status);
    this.message = null;
  }

  private callAt(index: i32): i32 {
    for (let i = this.calls.length - 1; i >= 0; --i) if (this.calls[i].number == index) return i;
    return -1;
  }

  private endCall(at: i32): void {
    const call = this.calls[at];
    this.calls.splice(at, 1);
    this.items[call.place.index] = call.close();
  }

  private endAll(): void {
    const incomplete = incompleteReason(this.reason, this.saysRefusal);
    this.endThought();
    this.endMessage(incomplete.length ? own.INCOMPLETE : own.COMPLETED);
    while (this.calls.length) this.endCall(0);
  }
}
