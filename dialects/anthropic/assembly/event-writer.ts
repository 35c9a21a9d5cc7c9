// The events of a message stream as bytes, and the count of its blocks.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { compactJson, writeContent } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { Part } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import { Usage } from "../../hub/assembly/usage";
import { BlockEncoder, fieldOf } from "./encode-part";
import { encodeError } from "./error";
import { encodeFinish } from "./finish";
import * as own from "./names";
import { encodeUsage } from "./usage";

const EVENT_FIELD = Slice.of("event: ");
const DATA_FIELD = Slice.of("\ndata: ");
const EVENT_END = Slice.of("\n\n");
const PING = Slice.of('event: ping\ndata: {"type":"ping"}\n\n');
const MESSAGE_STOP = Slice.of('event: message_stop\ndata: {"type":"message_stop"}\n\n');
const MESSAGE_START = Slice.of("message_start");
const MESSAGE_DELTA = Slice.of("message_delta");
const BLOCK_START = Slice.of("content_block_start");
const BLOCK_DELTA = Slice.of("content_block_delta");
const BLOCK_STOP = Slice.of("content_block_stop");
const TEXT_DELTA = Slice.of("text_delta");
const THINKING_DELTA = Slice.of("thinking_delta");
const SIGNATURE_DELTA = Slice.of("signature_delta");
const CITATIONS_DELTA = Slice.of("citations_delta");
const INPUT_JSON_DELTA = Slice.of("input_json_delta");

/** Writes events to `output`. */
@final
export class EventWriter {
  private blockIndex: i32 = 0;

  constructor(private readonly output: Writer) {}

  messageStart(id: Slice, model: Slice, usage: Usage): void {
    const json = this.begin(MESSAGE_START).key(names.MESSAGE).beginObject();
    writeContent(json.key(names.ID), id);
    json.key(names.TYPE).text(names.MESSAGE).key(names.ROLE).text(names.ASSISTANT);
    writeContent(json.key(names.MODEL), model);
    json.key(names.CONTENT).beginArray().endArray();
    json.key(own.STOP_REASON).nothing().key(own.STOP_SEQUENCE).nothing();
    encodeUsage(json.key(names.USAGE), usage);
    this.end(json.endObject());
  }

  textStart(): void {
    const json = this.beginBlock(names.TEXT).key(names.TEXT).text(Slice.empty());
    this.end(json.endObject());
  }

  thinkingStart(): void {
    const json = this.beginBlock(own.THINKING).key(own.THINKING).text(Slice.empty());
    this.end(json.key(names.SIGNATURE).text(Slice.empty()).endObject());
  }

  redactedStart(data: Slice, format: SignatureFormat): void {
    const json = this.beginBlock(own.REDACTED_THINKING);
    writeContent(json.key(names.DATA), fieldOf(data, format));
    this.end(json.endObject());
  }

  toolStart(id: Slice, name: Slice): void {
    const json = this.beginBlock(own.TOOL_USE);
    writeContent(json.key(names.ID), id);
    writeContent(json.key(names.NAME), name);
    this.end(json.key(own.INPUT).beginObject().endObject().endObject());
  }

  imageStart(image: Part, dropped: Dropped): void {
    const json = this.begin(BLOCK_START).key(names.INDEX).integer(this.blockIndex).key(own.CONTENT_BLOCK);
    new BlockEncoder(json, dropped).encode(image);
    this.end(json);
  }

  textDelta(text: Slice): void {
    this.delta(TEXT_DELTA, names.TEXT, text);
  }

  thinkingDelta(text: Slice): void {
    this.delta(THINKING_DELTA, own.THINKING, text);
  }

  signatureDelta(signature: Slice, format: SignatureFormat): void {
    this.delta(SIGNATURE_DELTA, names.SIGNATURE, fieldOf(signature, format));
  }

  inputDelta(fragment: Slice): void {
    this.delta(INPUT_JSON_DELTA, own.PARTIAL_JSON, fragment);
  }

  citationDelta(raw: Slice): void {
    const json = this.beginDelta(CITATIONS_DELTA);
    this.end(json.key(own.CITATION).raw(compactJson(raw)).endObject());
  }

  blockStop(): void {
    this.end(
      this.begin(BLOCK_STOP)
        .key(names.INDEX)
        .integer(this.blockIndex++),
    );
  }

  messageDelta(reason: FinishReason, stopSequence: Slice, usage: Usage): void {
    const json = this.begin(MESSAGE_DELTA).key(own.DELTA).beginObject();
    json.key(own.STOP_REASON).text(encodeFinish(reason)).key(own.STOP_SEQUENCE);
    if (stopSequence.length) writeContent(json, stopSequence);
    else json.nothing();
    json.endObject();
    encodeUsage(json.key(names.USAGE), usage);
    this.end(json);
  }

  messageStop(): void {
    this.output.bytes(MESSAGE_STOP);
  }

  ping(): void {
    this.output.bytes(PING);
  }

  error(error: ChatError): void {
    encodeError(error, new JsonWriter(this.output.bytes(EVENT_FIELD).bytes(names.ERROR).bytes(DATA_FIELD)));
    this.output.bytes(EVENT_END);
  }

  private delta(type: Slice, key: Slice, content: Slice): void {
    const json = this.beginDelta(type);
    writeContent(json.key(key), content);
    this.end(json.endObject());
  }

  private beginDelta(type: Slice): JsonWriter {
    const json = this.begin(BLOCK_DELTA).key(names.INDEX).integer(this.blockIndex);
    return json.key(own.DELTA).beginObject().key(names.TYPE).text(type);
  }

  private beginBlock(type: Slice): JsonWriter {
    const json = this.begin(BLOCK_START).key(names.INDEX).integer(this.blockIndex);
    return json.key(own.CONTENT_BLOCK).beginObject().key(names.TYPE).text(type);
  }

  private begin(type: Slice): JsonWriter {
    const json = new JsonWriter(this.output.bytes(EVENT_FIELD).bytes(type).bytes(DATA_FIELD));
    return json.beginObject().key(names.TYPE).text(type);
  }

  private end(json: JsonWriter): void {
    json.endObject();
    this.output.bytes(EVENT_END);
  }
}
