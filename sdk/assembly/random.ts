// Random bytes from the host: Envoy's are cryptographically strong, a test's are the same in every run.
import { Slice } from "./bytes/slice";
import { random_get } from "./wasi_snapshot_preview1";

// What Envoy gives in one call.
const chunkBytesMax: i32 = 65536;

/** `size` random bytes; zeros in place of those the host does not give, which no known host does. */
export function randomBytes(size: i32): Slice {
  const buffer = new ArrayBuffer(max(size, 0));
  for (let at = 0; at < size; at += chunkBytesMax) {
    random_get(changetype<usize>(buffer) + at, min(size - at, chunkBytesMax));
  }
  return Slice.wrap(buffer);
}

/** A random number, all 64 bits alike. */
export function randomNumber(): u64 {
  return load<u64>(changetype<usize>(randomBytes(8).buffer));
}
