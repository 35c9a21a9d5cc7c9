// One text of a request or an answer, on its way into the record: collected as it stands in JSON, then read, redacted
// and written. No more of it is collected than may be kept.
import { Slice, Writer } from "@weir/sdk/assembly";
import { plainOf } from "@weir/dialects/hub/assembly/content";
import { isAlphanumeric, isBlank } from "./characters";
import { Found } from "./found";
import { Redactor } from "./redactor";

/** What may be redacted at the end of what is kept is looked at whole. */
const LOOK_AHEAD_BYTES: i32 = 1024;
/** An image or a signature in base64 has no blank; words are shorter. */
const BINARY_BYTES_MIN: i32 = 256;
const MEDIA_TYPE_BYTES_MAX: i32 = 128;
const DATA_URL = Slice.of("data:");
const BINARY = Slice.of("[binary]");
const COMMA: u8 = 0x2c;
const BASE64_MARKS = Slice.of("+/-_=");

/** One text. */
@final
export class KeptText {
  /** Whether there was more than is collected. */
  isCut: bool = false;
  private readonly content: Writer = new Writer();

  /** Adds a piece of it, as it stands between a string's quotes. At most `room` bytes are to be kept of the whole. */
  add(piece: Slice, room: i32): void {
    // An escape is longer than what it stands for.
    const left = 2 * room + LOOK_AHEAD_BYTES - this.content.length;
    if (piece.length > left) this.isCut = true;
    this.content.bytes(piece.slice(0, left));
  }

  /** How many bytes of it are collected. */
  get length(): i32 {
    return this.content.length;
  }

  /** What may be kept of it; there is nothing more of it then. */
  take(redactor: Redactor, found: Found): Slice {
    const isCut = this.isCut;
    const plain = plainOf(this.content.take());
    this.isCut = false;
    if (isBinary(plain)) return BINARY;
    return redactor.redact(plain, isCut, found);
  }
}

/** Whether it is bytes of something in base64, or a URL that holds its data. */
function isBinary(text: Slice): bool {
  if (text.startsWith(DATA_URL)) return hasMediaType(text);
  if (text.length < BINARY_BYTES_MIN) return false;
  for (let at = 0; at < text.length; ++at) {
    const byte = text.at(at);
    if (!isAlphanumeric(byte) && BASE64_MARKS.indexOf(byte) < 0 && byte != 0x0a && byte != 0x0d) return false;
  }
  return true;
}

function hasMediaType(url: Slice): bool {
  for (let at = DATA_URL.length; at < MEDIA_TYPE_BYTES_MAX; ++at) {
    const byte = url.at(at);
    if (byte == COMMA) return true;
    if (isBlank(byte)) return false;
  }
  return false;
}
