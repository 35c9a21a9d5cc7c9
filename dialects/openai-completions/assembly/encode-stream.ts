// Hub → completion chunks: text, and why it ended. Thinking and calls have no place in them.
// https://platform.openai.com/docs/api-reference/completions/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { writeContent } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { ChatSink, StreamHead, StreamOptions } from "../../hub/assembly/stream";
import { Usage } from "../../hub/assembly/usage";
import { encodeError } from "../../openai-chat/assembly/error";
import * as chat from "../../openai-chat/assembly/names";
import { encodeUsage } from "../../openai-chat/assembly/usage";
import { encodeFinish } from "./finish";
import { encodeLogprobs } from "./logprobs";
import * as own from "./names";

const DATA_FIELD = Slice.of("data: ");
const EVENT_END = Slice.of("\n\n");
const DONE_EVENT = Slice.of("data: [DONE]\n\n");
const PING_COMMENT = Slice.of(": ping\n\n");

/** Writes the chunks. */
@final
export class CompletionStreamEncoder extends ChatSink {
  /** What every chunk begins with, up to its choices: the same in all of them. */
  private prefix: Slice = Slice.empty();
  private known: Usage = new Usage();
  /** Of each choice, how many characters its tokens have been so far: known where there are log probabilities. */
  private offsets: i32[] = [];
  private isOver: bool = false;

  constructor(private readonly options: StreamOptions) {
    super(options.dropped);
  }

  messageStart(head: StreamHead): void {
    const writer = new Writer();
    const json = new JsonWriter(writer.bytes(DATA_FIELD));
    json.beginObject();
    writeContent(json.key(names.ID), head.id);
    json.key(own.OBJECT).text(own.TEXT_COMPLETION);
    json.key(chat.CREATED).integer(head.createdSeconds ? head.createdSeconds : this.options.createdSeconds);
    writeContent(json.key(names.MODEL), head.model.length ? head.model : this.options.model);
    this.prefix = writer.byte(0x2c).take();
  }

  textDelta(text: Slice): void {
    this.endChoice(this.beginChoice(text).nothing().key(chat.FINISH_REASON).nothing());
  }

  textDeltaWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    while (this.offsets.length <= this.choice) this.offsets.push(0);
    const json = this.beginChoice(text);
    this.offsets[this.choice] = encodeLogprobs(json, rawLogprobs, this.offsets[this.choice]);
    this.endChoice(json.key(chat.FINISH_REASON).nothing());
  }

  /** A refusal is all that such a client gets to see: it has no other place than the text. */
  refusalDelta(text: Slice): void {
    this.textDelta(text);
  }

  /** The client is not told what the model thinks, but sees that the stream lives. */
  thinkingDelta(text: Slice): void {
    this.dropped.add(chat.REASONING);
    this.keepAlive();
  }

  signatureDelta(signature: Slice): void {
    this.dropped.add(chat.REASONING);
  }

  thinkingRedacted(data: Slice): void {
    this.dropped.add(chat.REASONING);
  }

  partEnd(): void {}

  toolStart(index: i32, id: Slice, name: Slice, signature: Slice): void {
    this.dropped.add(chat.TOOL_CALLS);
  }

  toolDelta(index: i32, fragment: Slice): void {
    this.keepAlive();
  }

  toolEnd(index: i32): void {}

  usage(usage: Usage): void {
    this.known.merge(usage);
  }

  finish(reason: FinishReason, stopSequence: Slice): void {
    this.endChoice(this.beginChoice(Slice.empty()).nothing().key(chat.FINISH_REASON).text(encodeFinish(reason)));
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

  /** A chunk up to the value of its `logprobs`. */
  private beginChoice(text: Slice): JsonWriter {
    const json = new JsonWriter(this.options.output.bytes(this.prefix));
    json.key(names.CHOICES).beginArray().beginObject();
    writeContent(json.key(names.TEXT), text);
    return json.key(names.INDEX).integer(this.choice).key(names.LOGPROBS);
  }

  private endChoice(json: JsonWriter): void {
    json.endObject().endArray().endObject();
    this.options.output.bytes(EVENT_END);
  }
}
