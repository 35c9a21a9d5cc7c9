// Hub → chat completion chunks. https://platform.openai.com/docs/api-reference/chat-streaming
// Where a provider's calls interleave, the first runs through and the others wait until its arguments are whole:
// OpenAI's own client for Python takes a call for finished when another one begins (openai 3.57, 2026-11).
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { compactJson, plainOf, writeContent } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { HeldCalls } from "../../hub/assembly/held-calls";
import { JsonDepth } from "../../hub/assembly/json-depth";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { ChatSink, StreamHead, StreamOptions } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { encodeAnnotations } from "./annotations";
import { encodeDetail, encodeThoughtSignature } from "./encode-answer";
import { encodeImages, isAnswerImage } from "./encode-part";
import { encodeError } from "./error";
import { encodeFinish } from "./finish";
import * as own from "./names";
import { encodeUsage } from "./usage";

const DATA_FIELD = Slice.of("data: ");
const EVENT_END = Slice.of("\n\n");
const DONE_EVENT = Slice.of("data: [DONE]\n\n");
const PING_COMMENT = Slice.of(": ping\n\n");
const OBJECT = Slice.of("object");
const CHUNK = Slice.of("chat.completion.chunk");

/** Writes the chunks. */
@final
export class ChatStreamEncoder extends ChatSink {
  /** What every chunk begins with, up to its choices: the same in all of them. */
  private prefix: Slice = Slice.empty();
  private known: Usage = new Usage();
  private thoughtIndex: i32 = 0;
  private isThinking: bool = false;
  /** The first choice's call that runs, how far its arguments are, and the calls behind it. */
  private openCall: i32 = -1;
  private depth: JsonDepth = new JsonDepth();
  private held: HeldCalls = new HeldCalls();
  /** Whether there is text, and whether it has ended: annotations count from the beginning of their own. */
  private hasText: bool = false;
  private isBehindText: bool = false;
  private isOver: bool = false;

  constructor(private readonly options: StreamOptions) {
    super(options.dropped);
  }

  messageStart(head: StreamHead): void {
    const writer = new Writer();
    const json = new JsonWriter(writer.bytes(DATA_FIELD));
    json.beginObject();
    writeContent(json.key(names.ID), head.id);
    json.key(OBJECT).text(CHUNK);
    json.key(own.CREATED).integer(head.createdSeconds ? head.createdSeconds : this.options.createdSeconds);
    writeContent(json.key(names.MODEL), head.model.length ? head.model : this.options.model);
    this.prefix = writer.byte(0x2c).take();
    this.endDelta(this.beginDelta().key(names.ROLE).text(names.ASSISTANT).key(names.CONTENT).text(Slice.empty()));
  }

  textDelta(text: Slice): void {
    this.hasText = true;
    this.tellContent(names.CONTENT, text);
  }

  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    if (text.length) {
      this.endThought();
      this.hasText = true;
    }
    const json = this.beginDelta();
    writeContent(json.key(names.CONTENT), text);
    json.endObject().key(names.LOGPROBS).raw(compactJson(rawLogprobs));
    this.endChoice(json);
  }

  annotation(raw: Slice): void {
    if (this.isBehindText) {
      this.dropped.add(names.ANNOTATIONS);
      return;
    }
    const delta = new JsonWriter(new Writer());
    encodeAnnotations(delta, raw, this.dropped);
    if (delta.output.length) this.endDelta(this.beginDelta().raw(delta.output.toSlice()));
  }

  refusalDelta(text: Slice): void {
    this.tellContent(names.REFUSAL, text);
  }

  /** The text for those who know `reasoning_content`, and as a detail, for the signature to join it in the history. */
  thinkingDelta(text: Slice): void {
    this.isThinking = true;
    const json = this.beginDelta();
    writeContent(json.key(own.REASONING_CONTENT), text);
    this.tellDetail(json, Part.withText(PartKind.Thinking, text));
  }

  signatureDelta(signature: Slice): void {
    const part = new Part(PartKind.Thinking);
    part.signature = signature;
    this.isThinking = true;
    this.tellDetail(this.beginDelta(), part);
  }

  thinkingRedacted(data: Slice): void {
    this.endThought();
    const part = new Part(PartKind.RedactedThinking);
    part.data = data;
    this.isThinking = true;
    this.tellDetail(this.beginDelta(), part);
    this.endThought();
  }

  partEnd(): void {
    this.endThought();
    this.isBehindText = this.hasText;
  }

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    this.endThought();
    if (this.choice == 0 && this.openCall >= 0 && !this.depth.isWhole) this.held.start(index, id, name, signature);
    else this.startCall(index, id, name, signature);
  }

  private startCall(index: i32, id: Slice, name: Slice, signature: Slice): void {
    if (this.choice == 0) {
      this.openCall = index;
      this.depth = new JsonDepth();
    }
    const json = this.beginCall(index);
    writeContent(json.key(names.ID), id);
    json.key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
    writeContent(json.key(names.NAME), name);
    json.key(own.ARGUMENTS).text(Slice.empty()).endObject();
    encodeThoughtSignature(json, signature);
    this.endCall(json);
  }

  toolDelta(index: i32, fragment: Slice): void {
    if (this.choice == 0 && this.held.add(index, fragment)) return;
    this.tellArguments(index, fragment);
    if (this.choice != 0 || index != this.openCall) return;
    this.depth.take(plainOf(fragment));
    if (this.depth.isWhole && this.held.length) this.goOn();
  }

  private tellArguments(index: i32, fragment: Slice): void {
    const json = this.beginCall(index);
    json.key(names.FUNCTION).beginObject();
    writeContent(json.key(own.ARGUMENTS), fragment);
    json.endObject();
    this.endCall(json);
  }

  toolEnd(index: i32): void {
    if (this.choice == 0 && index == this.openCall) this.goOn();
  }

  /** Writes the waiting calls up to one that is not whole yet: that one runs now. */
  private goOn(): void {
    while (this.held.length) {
      const call = this.held.shift();
      this.startCall(call.index, call.id, call.name, call.signature);
      const text = call.text.take();
      this.depth.take(plainOf(text));
      if (text.length) this.tellArguments(call.index, text);
      if (!this.depth.isWhole) return;
    }
  }

  wholePart(part: Part): void {
    if (!isAnswerImage(part)) {
      this.dropped.addPart(part);
      return;
    }
    this.endThought();
    const json = this.beginDelta();
    encodeImages(json, [part]);
    this.endDelta(json);
  }

  usage(usage: Usage): void {
    this.known.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    if (this.choice == 0) while (this.held.length) this.goOn();
    this.beginDelta().endObject().key(own.FINISH_REASON).text(encodeFinish(reason)).endObject().endArray().endObject();
    this.endEvent();
  }

  error(error: ChatError): void {
    if (this.isOver) return;
    this.isOver = true;
    encodeError(error, new JsonWriter(this.options.output.bytes(DATA_FIELD)));
    this.options.output.bytes(EVENT_END);
  }

  messageEnd(): void {
    if (this.isOver) return;
    this.isOver = true;
    const output = this.options.output;
    if (this.options.includeUsage && this.known.isKnown) {
      const json = new JsonWriter(output.bytes(this.prefix));
      json.key(names.CHOICES).beginArray().endArray();
      encodeUsage(json.key(names.USAGE), this.known);
      json.endObject();
      output.bytes(EVENT_END);
    }
    output.bytes(DONE_EVENT);
  }

  keepAlive(): void {
    if (!this.isOver) this.options.output.bytes(PING_COMMENT);
  }

  private tellContent(key: Slice, content: Slice): void {
    this.endThought();
    const json = this.beginDelta();
    writeContent(json.key(key), content);
    this.endDelta(json);
  }

  private tellDetail(json: JsonWriter, part: Part): void {
    part.signatureFormat = this.signatures;
    json.key(own.REASONING_DETAILS).beginArray();
    encodeDetail(json, part, this.thoughtIndex);
    json.endArray();
    this.endDelta(json);
  }

  private endThought(): void {
    if (this.isThinking) ++this.thoughtIndex;
    this.isThinking = false;
  }

  private beginDelta(): JsonWriter {
    const json = new JsonWriter(this.options.output.bytes(this.prefix));
    json.key(names.CHOICES).beginArray().beginObject().key(names.INDEX).integer(this.choice);
    return json.key(own.DELTA).beginObject();
  }

  private endDelta(json: JsonWriter): void {
    this.endChoice(json.endObject());
  }

  private endChoice(json: JsonWriter): void {
    json.key(own.FINISH_REASON).nothing().endObject().endArray().endObject();
    this.endEvent();
  }

  private beginCall(index: i32): JsonWriter {
    return this.beginDelta().key(own.TOOL_CALLS).beginArray().beginObject().key(names.INDEX).integer(index);
  }

  private endCall(json: JsonWriter): void {
    json.endObject().endArray();
    this.endDelta(json);
  }

  private endEvent(): void {
    this.options.output.bytes(EVENT_END);
  }
}
