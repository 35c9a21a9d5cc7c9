// The ABI's serialized list of pairs: count, then the sizes of all names and values, then each with a final NUL.
// Source: PairsUtil of proxy-wasm-cpp-host; its limits are the limits here.

/** More pairs than this, or a larger buffer, is read as an empty list, as Envoy does. */
const pairsMax = 1024;
const pairsBytesMax = 1024 * 1024;

export type Pairs = [name: string, value: string][];

export function encodePairs(pairs: Iterable<readonly [string, string]>): Buffer {
  const list = [...pairs];
  let size = 4;
  for (const [name, value] of list) size += 8 + name.length + 1 + value.length + 1;
  const buffer = Buffer.alloc(size);
  let at = buffer.writeUInt32LE(list.length, 0);
  for (const [name, value] of list) at = buffer.writeUInt32LE(value.length, buffer.writeUInt32LE(name.length, at));
  for (const [name, value] of list) {
    at += buffer.write(name, at, "latin1") + 1;
    at += buffer.write(value, at, "latin1") + 1;
  }
  return buffer;
}

/** The pairs in `bytes` as byte strings; anything malformed gives an empty list, as on Envoy. */
export function decodePairs(bytes: Uint8Array): Pairs {
  if (bytes.length < 4 || bytes.length > pairsBytesMax) return [];
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = buffer.readUInt32LE(0);
  let at = 4 + count * 8;
  if (count > pairsMax || at > buffer.length) return [];
  const pairs: Pairs = [];
  for (let i = 0; i < count; i++) {
    const name = terminated(buffer, at, buffer.readUInt32LE(4 + i * 8));
    if (name === null) return [];
    at += name.length + 1;
    const value = terminated(buffer, at, buffer.readUInt32LE(8 + i * 8));
    if (value === null) return [];
    at += value.length + 1;
    pairs.push([name, value]);
  }
  return at === buffer.length ? pairs : [];
}

function terminated(buffer: Buffer, at: number, size: number): string | null {
  const end = at + size;
  return end < buffer.length && buffer[end] === 0 ? buffer.toString("latin1", at, end) : null;
}
