// Media in URLs: `data:image/png;base64,…` (RFC 2397) and plain addresses.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentFrom, plainOf } from "./content";
import { MediaSource, Part, PartKind } from "./part";

const QUOTE = Slice.of('"');
const DATA_SCHEME = Slice.of("data:");
const BASE64 = Slice.of(";base64");
const BASE64_COMMA = Slice.of(";base64,");
const DEFAULT_TYPE = Slice.of("application/octet-stream");
const SEMICOLON: u8 = 0x3b;
const COMMA: u8 = 0x2c;

/** A part of `kind` for the medium at `url` (JSON content): inline for base64 data, else by address. */
export function partFromUrl(kind: PartKind, url: Slice): Part {
  // Escapes that need not be are undone, so that the parts of the URL are content too.
  const clean = url.indexOf(0x5c) < 0 ? url : contentFrom(plainOf(url));
  const comma = clean.indexOf(COMMA);
  if (!clean.startsWith(DATA_SCHEME) || comma < 0 || !clean.slice(0, comma).endsWith(BASE64)) {
    return Part.withMedia(kind, MediaSource.Url, clean, Slice.empty());
  }
  const head = clean.slice(DATA_SCHEME.length, comma);
  return Part.withMedia(kind, MediaSource.Base64, clean.slice(comma + 1), head.slice(0, head.indexOf(SEMICOLON)));
}

/** Writes a medium's address as a string value: a data URL for base64. */
export function writeUrl(json: JsonWriter, part: Part): void {
  const output = json.raw(QUOTE).output;
  if (part.source == MediaSource.Base64) {
    output.bytes(DATA_SCHEME).bytes(part.mediaType.length ? part.mediaType : DEFAULT_TYPE);
    output.bytes(BASE64_COMMA);
  }
  output.bytes(part.data).byte(0x22);
}
