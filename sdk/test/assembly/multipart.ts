// Harness: multipart bodies and header parameters as plain functions over buffers.
import { headerParameter, mediaTypeEssence } from "../../assembly/bytes/media-type";
import { Multipart } from "../../assembly/bytes/multipart";
import { Slice } from "../../assembly/bytes/slice";

const multipart = new Multipart();

/** The fault's code, 0 for none. */
export function read(body: ArrayBuffer, boundary: ArrayBuffer): i32 {
  const fault = multipart.read(Slice.wrap(body), Slice.wrap(boundary));
  return fault ? fault.code : 0;
}

export function count(): i32 {
  return multipart.length;
}

/** A part's headers (0), value (1), name (2) or file name (3). */
export function part(index: i32, which: i32): ArrayBuffer | null {
  const part = multipart.part(index);
  if (!part) return null;
  if (which == 0) return part.headers.toBuffer();
  if (which == 1) return part.value.toBuffer();
  const name = which == 2 ? part.name : part.fileName;
  return name ? name.toBuffer() : null;
}

export function replaceField(name: ArrayBuffer, value: ArrayBuffer): ArrayBuffer | null {
  const part = multipart.field(Slice.wrap(name));
  return part ? multipart.replaceValue(part, Slice.wrap(value)).toBuffer() : null;
}

export function essence(value: ArrayBuffer): ArrayBuffer {
  return mediaTypeEssence(Slice.wrap(value)).toBuffer();
}

export function parameter(value: ArrayBuffer, name: ArrayBuffer): ArrayBuffer | null {
  const found = headerParameter(Slice.wrap(value), Slice.wrap(name));
  return found ? found.toBuffer() : null;
}
