// A vector on the wire: a JSON list of numbers, or base64 of its numbers as little-endian float32 one after the other
// (OpenAI's `encoding_format: base64`). It is copied as it came; only where client and provider differ is it converted.
import { decodeBase64, encodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentOf, plainOf, writeContent } from "./content";
import { FloatReader } from "./float-reader";
import { writeFloat } from "./float-write";

const NOT_A_VECTOR = "The provider answered with a vector that is no list of float32 numbers";

/** How a vector is written. */
export const enum VectorFormat {
  Floats = 0,
  Base64 = 1,
}

/** A vector as it came. */
@final
export class Vector {
  constructor(
    /** Which input it belongs to. */
    readonly index: i32,
    /** The list as JSON, or base64 as JSON content. */
    readonly raw: Slice,
    readonly format: VectorFormat,
  ) {}

  /** The vector at `node`: a list or a string. The tape need not have recorded what is inside a list. */
  static read(tape: JsonTape, node: i32, index: i32): Vector {
    if (tape.kind(node) == JsonKind.String) return new Vector(index, contentOf(tape, node), VectorFormat.Base64);
    return new Vector(index, tape.kind(node) == JsonKind.Array ? tape.raw(node) : Slice.empty(), VectorFormat.Floats);
  }

  /** Writes it as a value in `format`. On a fault it was no vector, and what was written so far is void. */
  write(json: JsonWriter, format: VectorFormat): Fault | null {
    if (!this.raw.length) return new Fault(FaultCode.InvalidFormat, -1, NOT_A_VECTOR);
    if (this.format == format) {
      if (format == VectorFormat.Floats) json.raw(this.raw);
      else writeContent(json, this.raw);
      return null;
    }
    const isWritten = format == VectorFormat.Base64 ? writePacked(json, this.raw) : writeUnpacked(json, this.raw);
    return isWritten ? null : new Fault(FaultCode.InvalidFormat, -1, NOT_A_VECTOR);
  }
}

/** Numbers of a checked JSON list → base64. */
function writePacked(json: JsonWriter, list: Slice): bool {
  const packed = new Writer(list.length / 2);
  const reader = new FloatReader(list);
  while (reader.hasNext) {
    const value = reader.next();
    if (!isFinite(value)) return false;
    writeBits(packed, reinterpret<u32>(value));
  }
  json.text(encodeBase64(packed.take()));
  return true;
}

/** Base64 → a list. */
function writeUnpacked(json: JsonWriter, content: Slice): bool {
  const packed = decodeBase64(plainOf(content));
  if (!packed || packed.length & 3) return false;
  const output = json.beginArray().output;
  for (let at = 0; at < packed.length; at += 4) {
    const value = reinterpret<f32>(readBits(packed, at));
    if (!isFinite(value)) return false;
    if (at) output.byte(0x2c);
    writeFloat(output, value);
  }
  json.endArray();
  return true;
}

function writeBits(output: Writer, bits: u32): void {
  output
    .byte(<u8>bits)
    .byte(<u8>(bits >> 8))
    .byte(<u8>(bits >> 16))
    .byte(<u8>(bits >> 24));
}

function readBits(bytes: Slice, at: i32): u32 {
  return (
    <u32>bytes.at(at) |
    ((<u32>bytes.at(at + 1)) << 8) |
    ((<u32>bytes.at(at + 2)) << 16) |
    ((<u32>bytes.at(at + 3)) << 24)
  );
}
