// The responses of a stream as bytes: events, or the items of one list.
//
//   {"candidates":[{"content":{"parts":[…],"role":"model"},"index":0}],"modelVersion":…,"responseId":…}
//
// https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { compactJson, writeContent, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { Part } from "../../hub/assembly/part";
import { Usage } from "../../hub/assembly/usage";
import { encodeCall, encodeMedium, encodeThought } from "./encode-part";
import { encodeError } from "./error";
import { encodeFinish } from "./finish";
import { encodeLogprobs } from "./logprobs";
import * as own from "./names";
import { encodeUsage } from "./usage";

const DATA_FIELD = Slice.of("data: ");
const EVENT_END = Slice.of("\n\n");
const LIST_BEGIN = Slice.of("[");
const LIST_NEXT = Slice.of(",\n");
const LIST_END = Slice.of("]");

/** Writes responses to `output`. */
@final
export class ResponseWriter {
  /** Which candidate the next part belongs to. */
  choice: i32 = 0;
  private model: Slice = Slice.empty();
  private id: Slice = Slice.empty();
  private json: JsonWriter;
  private hasBegun: bool = false;

  constructor(
    private readonly output: Writer,
    private readonly isArray: bool,
  ) {
    this.json = new JsonWriter(output);
  }

  /** What each response says of itself. */
  setHead(model: Slice, id: Slice): void {
    this.model = model.copy();
    this.id = id.copy();
  }

  text(text: Slice): void {
    writeContent(this.beginPart().key(names.TEXT), text);
    this.endPart();
  }

  textWithLogprobs(text: Slice, rawLogprobs: Slice): void {
    const json = this.beginPart();
    writeContent(json.key(names.TEXT), text);
    json.endObject().endArray().key(names.ROLE).text(names.MODEL).endObject();
    encodeLogprobs(json, own.LOGPROBS_RESULT.json, rawLogprobs);
    this.endCandidate();
  }

  thought(text: Slice): void {
    encodeThought(this.beginPart(), text);
    this.endPart();
  }

  /** A signature of what came before. */
  signature(field: Slice, isThought: bool): void {
    const json = this.beginPart();
    if (isThought) encodeThought(json, Slice.empty());
    else json.key(names.TEXT).text(Slice.empty());
    writeContent(json.key(own.THOUGHT_SIGNATURE.json), field);
    this.endPart();
  }

  call(part: Part): void {
    const json = this.beginPart();
    // A line end would end the event's line.
    part.rawInput = compactJson(part.rawInput);
    encodeCall(json, part, false);
    writeContentAt(json, own.THOUGHT_SIGNATURE.json, part.signature);
    this.endPart();
  }

  medium(part: Part, dropped: Dropped): void {
    encodeMedium(this.beginPart(), part, dropped);
    this.endPart();
  }

  /** A part that is JSON already. */
  raw(raw: Slice): void {
    this.begin().raw(compactJson(raw));
    this.end();
  }

  /** The last response: why each candidate ended. SDKs keep a history only of responses that have parts. */
  finish(reasons: FinishReason[], usage: Usage): void {
    this.beginResponse();
    for (let i = 0; i < reasons.length; ++i) this.finishCandidate(reasons[i], i);
    this.json.endArray();
    if (usage.isKnown) encodeUsage(this.json.key(own.USAGE_METADATA.json), usage);
    this.endResponse();
    if (this.isArray) this.output.bytes(LIST_END);
  }

  private finishCandidate(reason: FinishReason, index: i32): void {
    const json = this.json.beginObject().key(names.CONTENT).beginObject().key(own.PARTS.json).beginArray();
    json.beginObject().key(names.TEXT).text(Slice.empty()).endObject();
    json.endArray().key(names.ROLE).text(names.MODEL).endObject();
    json.key(own.FINISH_REASON.json).text(encodeFinish(reason)).key(names.INDEX).integer(index).endObject();
  }

  /**
   * In a stream of events an error is told twice: as an event, which new SDKs of Google's read (js-genai 3.3, 2026-11),
   * and as plain JSON after it, as Google itself writes it. Old ones overlook the event, and the plain form alone is
   * lost on new ones when it arrives together with an event (github.com/googleapis/js-genai/issues/461).
   */
  error(error: ChatError): void {
    if (this.isArray) {
      this.output.bytes(this.hasBegun ? LIST_NEXT : LIST_BEGIN);
    } else {
      encodeError(error, new JsonWriter(this.output.bytes(DATA_FIELD)));
      this.output.bytes(EVENT_END);
    }
    encodeError(error, new JsonWriter(this.output));
    if (this.isArray) this.output.bytes(LIST_END);
  }

  private beginPart(): JsonWriter {
    return this.begin().beginObject();
  }

  private endPart(): void {
    this.json.endObject();
    this.end();
  }

  /** Begins a response with one part, up to the part. */
  private begin(): JsonWriter {
    return this.beginResponse().beginObject().key(names.CONTENT).beginObject().key(own.PARTS.json).beginArray();
  }

  private end(): void {
    this.json.endArray().key(names.ROLE).text(names.MODEL).endObject();
    this.endCandidate();
  }

  private endCandidate(): void {
    this.json.key(names.INDEX).integer(this.choice).endObject().endArray();
    this.endResponse();
  }

  private beginResponse(): JsonWriter {
    if (!this.isArray) this.output.bytes(DATA_FIELD);
    else this.output.bytes(this.hasBegun ? LIST_NEXT : LIST_BEGIN);
    this.hasBegun = true;
    this.json = new JsonWriter(this.output);
    return this.json.beginObject().key(own.CANDIDATES.json).beginArray();
  }

  private endResponse(): void {
    writeContentAt(this.json, own.MODEL_VERSION.json, this.model);
    writeContentAt(this.json, own.RESPONSE_ID.json, this.id);
    this.json.endObject();
    if (!this.isArray) this.output.bytes(EVENT_END);
  }
}
