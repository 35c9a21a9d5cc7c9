// Tags in a request's body: what its `metadata` has under names that the configuration lists, as `name:value`.
//   OpenAI     https://platform.openai.com/docs/api-reference/chat/create#chat-create-metadata
//   Anthropic  https://docs.anthropic.com/en/api/messages#body-metadata
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";

const METADATA = Slice.of("metadata");
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const UNDERSCORE: u8 = 0x5f;
/** Of a tag; a longer value is cut. The ledger leaves longer tags out. */
const TAG_BYTES_MAX: i32 = 64;
/** Of the header: the targets' plugin publishes no more. */
const TAGS_BYTES_MAX: i32 = 512;

/** The tags in `body`, and behind them the client's own, as far as they fit. Empty where the body has none. */
export function tagsIn(body: Slice, names: Slice[], own: Slice | null): Slice {
  const root = new JsonTape(1);
  if (root.scan(body) || root.kind(root.root) != JsonKind.Object) return Slice.empty();
  const node = root.find(root.root, METADATA);
  const metadata = new JsonTape();
  if (root.kind(node) != JsonKind.Object || metadata.scan(root.raw(node))) return Slice.empty();
  const tags = new Writer();
  for (let i = 0; i < names.length; ++i) {
    const value = textOf(metadata, metadata.find(metadata.root, names[i]));
    if (value.length && tags.length + TAG_BYTES_MAX < TAGS_BYTES_MAX) writeTag(tags, names[i], value);
  }
  if (tags.length && own && tags.length + own.length < TAGS_BYTES_MAX) tags.byte(COMMA).bytes(own);
  return tags.take();
}

/** A text, a number or a flag; empty for anything else. */
function textOf(tape: JsonTape, node: i32): Slice {
  const kind = tape.kind(node);
  if (kind == JsonKind.String) return tape.text(node);
  const isPlain = kind == JsonKind.Number || kind == JsonKind.True || kind == JsonKind.False;
  return isPlain ? tape.raw(node) : Slice.empty();
}

/** What would end a tag, or a header, is no part of one. */
function writeTag(output: Writer, name: Slice, value: Slice): void {
  if (output.length) output.byte(COMMA);
  output.bytes(name).byte(COLON);
  const end = cut(value, TAG_BYTES_MAX - name.length - 1);
  for (let i = 0; i < end; ++i) {
    const byte = value.at(i);
    output.byte(byte < 0x20 || byte == 0x7f || byte == COMMA ? UNDERSCORE : byte);
  }
}

/** Where a character ends, at most `max` bytes behind the beginning. */
function cut(text: Slice, max: i32): i32 {
  let end = min(text.length, max);
  while (end > 0 && end < text.length && (text.at(end) & 0xc0) == 0x80) --end;
  return end;
}
