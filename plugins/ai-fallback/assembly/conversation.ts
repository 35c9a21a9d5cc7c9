// What a request says and holds, whichever API it is for: read once, and only where a model is chosen by it.
//   OpenAI: messages, input, prompt · Anthropic: messages, system · Gemini: contents, systemInstruction
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";

const TOOLS: StaticArray<Slice> = [Slice.of("tools"), Slice.of("functions")];
const MESSAGES: StaticArray<Slice> = [
  Slice.of("messages"),
  Slice.of("input"),
  Slice.of("contents"),
  Slice.of("prompt"),
];
const INSTRUCTIONS: StaticArray<Slice> = [
  Slice.of("instructions"),
  Slice.of("system"),
  Slice.of("systemInstruction"),
  Slice.of("system_instruction"),
];
const CONTENTS: i32 = 2;
const ROLE = Slice.of("role");
const USER = Slice.of("user");
/** Where a message or a part has its own parts. */
const PARTS: StaticArray<Slice> = [Slice.of("content"), Slice.of("parts")];
const TEXT = Slice.of("text");
const TYPE = Slice.of("type");
const IMAGE_TYPES: StaticArray<Slice> = [Slice.of("image_url"), Slice.of("input_image"), Slice.of("image")];
const MEDIA: StaticArray<Slice> = [
  Slice.of("inlineData"),
  Slice.of("inline_data"),
  Slice.of("fileData"),
  Slice.of("file_data"),
];
const MEDIA_TYPES: StaticArray<Slice> = [Slice.of("mimeType"), Slice.of("mime_type")];
const IMAGE = Slice.of("image/");
const LF: u8 = 0x0a;

/** A result of a tool has parts of its own, and they have none. */
const partsDepthMax: i32 = 2;
const bytesPerToken: i64 = 4;

/** What is found in one body. */
@final
export class Conversation {
  /** The last thing that the user says. */
  userText: Slice = Slice.empty();
  hasTools: bool = false;
  hasImages: bool = false;
  private textBytes: i64 = 0;
  /** What the message at hand says. */
  private said: Writer = new Writer();
  /** Messages and instructions, one after the other. */
  private readonly tape: JsonTape = new JsonTape();

  /** `body` is scanned at least one level deep; what is in it is looked at as it stands. */
  constructor(body: JsonTape) {
    for (let i = 0; i < TOOLS.length; ++i) {
      if (this.open(body, TOOLS[i]) && this.tape.first(this.tape.root) >= 0) this.hasTools = true;
    }
    for (let i = 0; i < INSTRUCTIONS.length; ++i)
      if (this.open(body, INSTRUCTIONS[i])) this.readContent(this.tape.root, 0);
    for (let i = 0; i < MESSAGES.length; ++i) {
      if (!this.open(body, MESSAGES[i])) continue;
      this.readMessages(i == CONTENTS);
      break;
    }
    this.tape.clear();
  }

  /** Estimated, by all texts. */
  get tokens(): i64 {
    return (this.textBytes + bytesPerToken - 1) / bytesPerToken;
  }

  private open(body: JsonTape, name: Slice): bool {
    const node = body.find(body.root, name);
    return node >= 0 && body.kind(node) != JsonKind.Null && !this.tape.scan(body.raw(node));
  }

  /** A text alone is the user's. */
  private readMessages(isUserByDefault: bool): void {
    const tape = this.tape;
    if (tape.kind(tape.root) != JsonKind.Array) return this.readMessage(tape.root, true);
    for (let node = tape.first(tape.root); node >= 0; node = tape.next(node)) {
      const role = tape.find(node, ROLE);
      const isText = tape.kind(node) == JsonKind.String;
      this.readMessage(node, isText || (role < 0 ? isUserByDefault : tape.equals(role, USER)));
    }
  }

  /** Results of tools come in the user's turns as well; a turn in which the user says nothing is not the last one. */
  private readMessage(node: i32, isUser: bool): void {
    this.said = new Writer();
    this.readContent(node, 0);
    if (isUser && this.said.length) this.userText = this.said.take();
  }

  /** A text, a part, a list of parts, or what has one of these in it. */
  private readContent(node: i32, depth: i32): void {
    const tape = this.tape;
    const kind = tape.kind(node);
    if (kind == JsonKind.String) return this.take(node, depth);
    if (kind == JsonKind.Array) {
      for (let part = tape.first(node); part >= 0; part = tape.next(part)) this.readPart(part, depth);
    } else if (kind == JsonKind.Object) this.readPart(node, depth);
  }

  private readPart(node: i32, depth: i32): void {
    const tape = this.tape;
    if (tape.kind(node) == JsonKind.String) return this.take(node, depth);
    const text = tape.find(node, TEXT);
    if (tape.kind(text) == JsonKind.String) this.take(text, depth);
    if (this.isImage(node)) this.hasImages = true;
    if (depth >= partsDepthMax) return;
    for (let i = 0; i < PARTS.length; ++i) this.readContent(tape.find(node, PARTS[i]), depth + 1);
  }

  /** What is said below a part is a tool's. */
  private take(node: i32, depth: i32): void {
    const text = this.tape.text(node);
    this.textBytes += text.length;
    if (depth >= partsDepthMax) return;
    if (this.said.length) this.said.byte(LF);
    this.said.bytes(text);
  }

  private isImage(part: i32): bool {
    const tape = this.tape;
    const type = tape.find(part, TYPE);
    for (let i = 0; i < IMAGE_TYPES.length; ++i) if (tape.equals(type, IMAGE_TYPES[i])) return true;
    for (let i = 0; i < MEDIA.length; ++i) {
      const media = tape.find(part, MEDIA[i]);
      for (let j = 0; j < MEDIA_TYPES.length; ++j) {
        if (tape.text(tape.find(media, MEDIA_TYPES[j])).startsWith(IMAGE)) return true;
      }
    }
    return false;
  }
}
