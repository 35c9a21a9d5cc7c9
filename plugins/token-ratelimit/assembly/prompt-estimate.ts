// About how many tokens a request's input has, in whatever dialect: what is text in it is counted as such, the rest by
// fixed amounts. What stands for the count of a dialect's own counting (dialects/hub) without decoding the request.
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { TextMeter } from "@weir/dialects/hub/assembly/text-meter";
import {
  AUDIO_BYTES_PER_TOKEN,
  DOCUMENT,
  FRAME,
  IMAGE,
  IMAGE_LOW,
  MESSAGE,
} from "@weir/dialects/hub/assembly/token-estimate";

/** Members of a request that hold input. */
const INPUTS: Slice[] = [
  Slice.of("messages"),
  Slice.of("input"),
  Slice.of("contents"),
  Slice.of("content"),
  Slice.of("system"),
  Slice.of("instructions"),
  Slice.of("prompt"),
  Slice.of("suffix"),
  Slice.of("tools"),
  Slice.of("systemInstruction"),
  Slice.of("system_instruction"),
  Slice.of("functions"),
  Slice.of("requests"),
  Slice.of("query"),
  Slice.of("documents"),
  Slice.of("response_format"),
];
const ROLE = Slice.of("role");
const CONTENT = Slice.of("content");
const TEXT = Slice.of("text");
const PARTS = Slice.of("parts");
const TYPE = Slice.of("type");
const DETAIL = Slice.of("detail");
const LOW = Slice.of("low");
/** JSON that a model reads as it stands: schemas, arguments and results of calls. */
const RAW: Slice[] = [
  Slice.of("parameters"),
  Slice.of("input_schema"),
  Slice.of("schema"),
  Slice.of("input"),
  Slice.of("arguments"),
  Slice.of("args"),
  Slice.of("response"),
  Slice.of("parametersJsonSchema"),
];
/** What no model reads: names of things, marks, and the thoughts of earlier turns, which do not count. */
const UNREAD: Slice[] = [
  Slice.of("id"),
  Slice.of("call_id"),
  Slice.of("tool_call_id"),
  Slice.of("tool_use_id"),
  Slice.of("cache_control"),
  Slice.of("signature"),
  Slice.of("thoughtSignature"),
  Slice.of("thinking"),
  Slice.of("reasoning_content"),
  Slice.of("encrypted_content"),
  Slice.of("status"),
  Slice.of("citations"),
  Slice.of("annotations"),
  Slice.of("file_id"),
];
const IMAGES: Slice[] = [Slice.of("image_url"), Slice.of("image")];
const AUDIO = Slice.of("input_audio");
/** Where a medium of any kind stands, with its own type beside it. */
const MEDIA: Slice[] = [Slice.of("source"), Slice.of("inlineData"), Slice.of("inline_data"), Slice.of("fileData")];
const FILES: Slice[] = [Slice.of("file"), Slice.of("file_data"), Slice.of("file_url")];
const MEDIA_TYPES: Slice[] = [Slice.of("mimeType"), Slice.of("mime_type"), Slice.of("media_type")];
const IMAGE_TYPE = Slice.of("image/");
const AUDIO_TYPE = Slice.of("audio/");
const VIDEO_TYPE = Slice.of("video/");
const DATA = Slice.of("data");
/** What begins the answer. */
const ANSWER: i64 = 3;
/** Deeper values are counted as raw text. */
const DEPTH_MAX: i32 = 32;

/** Estimates the input tokens of the request in `tape`. */
export function estimatePrompt(tape: JsonTape): i64 {
  const estimate = new PromptEstimate(tape);
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (isOneOf(tape, member, INPUTS)) estimate.take(member, 0);
  }
  return estimate.tokens;
}

/** Adds up values. */
@final
class PromptEstimate {
  private readonly meter: TextMeter = new TextMeter();

  constructor(private readonly tape: JsonTape) {
    this.meter.add(ANSWER);
  }

  get tokens(): i64 {
    return this.meter.tokens;
  }

  take(node: i32, depth: i32): void {
    const tape = this.tape;
    switch (tape.kind(node)) {
      case JsonKind.String:
        this.meter.take(tape.text(node));
        break;
      case JsonKind.Array:
        if (depth > DEPTH_MAX) return this.meter.take(tape.raw(node));
        for (let item = tape.first(node); item >= 0; item = tape.next(item)) this.take(item, depth + 1);
        break;
      case JsonKind.Object:
        if (depth > DEPTH_MAX) return this.meter.take(tape.raw(node));
        for (let member = tape.first(node); member >= 0; member = tape.next(member)) this.takeMember(member, depth);
        break;
      // Tokens in place of a text, as embeddings take them.
      case JsonKind.Number:
        this.meter.add(1);
        break;
      default:
        break;
    }
  }

  private takeMember(member: i32, depth: i32): void {
    const tape = this.tape;
    if (tape.keyEquals(member, ROLE)) return this.meter.add(MESSAGE);
    if (tape.keyEquals(member, CONTENT) || tape.keyEquals(member, TEXT) || tape.keyEquals(member, PARTS)) {
      return this.take(member, depth + 1);
    }
    if (tape.keyEquals(member, TYPE) || isOneOf(tape, member, UNREAD)) return;
    if (isOneOf(tape, member, RAW)) return this.takeRaw(member);
    if (!this.takeMedium(member)) this.take(member, depth + 1);
  }

  private takeRaw(node: i32): void {
    const tape = this.tape;
    this.meter.add(FRAME);
    this.meter.take(tape.kind(node) == JsonKind.String ? tape.text(node) : tape.raw(node));
  }

  /** Whether the member is a medium. */
  private takeMedium(member: i32): bool {
    const tape = this.tape;
    if (isOneOf(tape, member, IMAGES)) this.meter.add(this.isLow(member) ? IMAGE_LOW : IMAGE);
    else if (tape.keyEquals(member, AUDIO)) this.meter.add(this.audioTokens(member));
    else if (isOneOf(tape, member, FILES)) this.meter.add(DOCUMENT);
    else if (isOneOf(tape, member, MEDIA)) return this.takeTyped(member);
    else return false;
    return true;
  }

  private isLow(image: i32): bool {
    return this.tape.equals(this.tape.find(image, DETAIL), LOW);
  }

  private audioTokens(audio: i32): i64 {
    const base64 = this.tape.raw(this.tape.find(audio, DATA)).length;
    return (<i64>base64 * 3) / 4 / AUDIO_BYTES_PER_TOKEN;
  }

  /** One of text counts as text. */
  private takeTyped(medium: i32): bool {
    const tape = this.tape;
    let type = Slice.empty();
    for (let i = 0; i < MEDIA_TYPES.length && !type.length; ++i) type = tape.text(tape.find(medium, MEDIA_TYPES[i]));
    if (type.startsWith(AUDIO_TYPE) || type.startsWith(VIDEO_TYPE)) this.meter.add(this.audioTokens(medium));
    else if (type.startsWith(TEXT)) this.meter.take(tape.text(tape.find(medium, DATA)));
    else this.meter.add(type.length && !type.startsWith(IMAGE_TYPE) ? DOCUMENT : IMAGE);
    return true;
  }
}

function isOneOf(tape: JsonTape, member: i32, names: Slice[]): bool {
  for (let i = 0; i < names.length; ++i) if (tape.keyEquals(member, names[i])) return true;
  return false;
}
