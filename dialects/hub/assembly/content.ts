// Text as the hub carries it: the content of a JSON string as it stands on the wire, escapes kept, quotes left out.
// So text goes from one body into the next by copying bytes; only what has to be understood is unescaped.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { jsonString } from "@weir/sdk/assembly/json/string";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { unescape } from "@weir/sdk/assembly/json/unescape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";

const BACKSLASH: u8 = 0x5c;

/** The content of a string node; empty for other kinds. */
export function contentOf(tape: JsonTape, node: i32): Slice {
  if (tape.kind(node) != JsonKind.String) return Slice.empty();
  return tape.bytes.slice(tape.start(node) + 1, tape.end(node) - 1);
}

/** The content of the string member `key`; empty where there is none. */
export function contentAt(tape: JsonTape, object: i32, key: Slice): Slice {
  return contentOf(tape, tape.find(object, key));
}

/** The raw JSON of the member `key`; empty where it is absent or `null`. */
export function rawAt(tape: JsonTape, object: i32, key: Slice): Slice {
  const node = tape.find(object, key);
  return node < 0 || tape.kind(node) == JsonKind.Null ? Slice.empty() : tape.raw(node);
}

/** Writes content as a string value. */
export function writeContent(json: JsonWriter, content: Slice): void {
  json.content(content);
}

/** Writes a string member; nothing where the content is empty. */
export function writeContentAt(json: JsonWriter, key: Slice, content: Slice): void {
  if (content.length) writeContent(json.key(key), content);
}

/** Writes a member that is JSON already; nothing where it is empty. */
export function writeRawAt(json: JsonWriter, key: Slice, raw: Slice): void {
  if (raw.length) json.key(key).raw(raw);
}

/** JSON without the white space between values: a line end in it would end a stream's event. */
export function compactJson(raw: Slice): Slice {
  const writer = new Writer(raw.length);
  let from = 0;
  let inString = false;
  for (let i = 0; i < raw.length; ++i) {
    const byte = raw.at(i);
    if (byte == 0x5c) ++i;
    else if (byte == 0x22) inString = !inString;
    else if (byte <= 0x20 && !inString) {
      writer.bytes(raw.slice(from, i));
      from = i + 1;
    }
  }
  return from ? writer.bytes(raw.slice(from)).take() : raw;
}

/** What the content says, unescaped; copied only where it holds escapes. */
export function plainOf(content: Slice): Slice {
  return content.indexOf(BACKSLASH) < 0 ? content : unescape(content);
}

/** `plain` (UTF-8) as content. */
export function contentFrom(plain: Slice): Slice {
  const writer = new Writer(plain.length + 16);
  jsonString(writer, plain);
  const quoted = writer.take();
  return quoted.slice(1, quoted.length - 1);
}
