// Names of documents: letters, digits, single spaces, hyphens, round and square brackets, at most 200 of them, and no
// two the same in one request, or the API refuses it.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { plainOf } from "../../hub/assembly/content";
import { isOneOf } from "../../hub/assembly/names";

const DEFAULT = Slice.of("Document");
/** Room is left for a number behind it. */
const NAME_BYTES_MAX: i32 = 190;
/** A request with more is refused anyway, however they are called. */
const DOCUMENTS_MAX: i32 = 32;
const ENDING_BYTES_MAX: i32 = 5;
const SPACE: u8 = 0x20;
const HYPHEN: u8 = 0x2d;
const DOT: u8 = 0x2e;

/** The names given so far. */
@final
export class DocumentNames {
  private taken: Slice[] = [];

  /** A name for the document that its sender calls `content` (JSON content; may be empty). */
  take(content: Slice): Slice {
    const base = cleaned(withoutEnding(plainOf(content)));
    let name = base;
    for (let number = 2; this.taken.length < DOCUMENTS_MAX && isOneOf(name, this.taken); ++number) {
      name = new Writer().bytes(base).byte(SPACE).byte(0x28).integer(number).byte(0x29).take();
    }
    this.taken.push(name);
    return name;
  }
}

/** `report.pdf` without `.pdf`: the format says it. */
function withoutEnding(name: Slice): Slice {
  const dot = name.lastIndexOf(DOT);
  return dot > 0 && name.length - dot <= ENDING_BYTES_MAX ? name.slice(0, dot) : name;
}

/** Other characters become one hyphen each run. */
function cleaned(name: Slice): Slice {
  const writer = new Writer(name.length + 1);
  let last: u8 = SPACE;
  for (let i = 0; i < name.length && writer.length < NAME_BYTES_MAX; ++i) {
    const byte = name.at(i);
    const next = isKept(byte) ? byte : byte == SPACE || <u32>byte - 0x09 < 5 ? SPACE : HYPHEN;
    if (next == last && (next == SPACE || (next == HYPHEN && !isKept(byte)))) continue;
    writer.byte(next);
    last = next;
  }
  const clean = writer.take().trim();
  return hasLetter(clean) ? clean : DEFAULT;
}

function isLetter(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || isDigit(byte);
}

function isKept(byte: u8): bool {
  return isLetter(byte) || byte == HYPHEN || byte == 0x28 || byte == 0x29 || byte == 0x5b || byte == 0x5d;
}

function hasLetter(name: Slice): bool {
  for (let i = 0; i < name.length; ++i) if (isLetter(name.at(i))) return true;
  return false;
}
