// SHA-1 (FIPS 180-4 §5.3.1, §6.1.2). For HMAC, where it still holds, and where a protocol asks for it.
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { ByteOrder, paddedEnd } from "./padding";

const BLOCK_SIZE: i32 = 64;
const SIZE: i32 = 20;

/** The SHA-1 digest of `message`: 20 bytes. */
export function sha1(message: Slice): Slice {
  const digest = allocate(SIZE);
  const state = changetype<usize>(digest);
  store<u32>(state, 0x67452301, 0);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
  store<u32>(state, 0xc3d2e1f0, 16);
  compressAll(state, message);
  compressAll(state, paddedEnd(message, BLOCK_SIZE, 8, ByteOrder.Big));
  for (let i: usize = 0; i < <usize>SIZE; i += 4) store<u32>(state + i, bswap<u32>(load<u32>(state + i)));
  return Slice.wrap(digest);
}

function compressAll(state: usize, blocks: Slice): void {
  const end = blocks.length - BLOCK_SIZE;
  for (let at = 0; at <= end; at += BLOCK_SIZE) compress(state, blocks.pointer + at);
}

function compress(state: usize, block: usize): void {
  // The message schedule: 80 words that are written anew for each block.
  const schedule = memory.data(320, 16);
  for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(block + i)));
  for (let at = schedule + 64; at < schedule + 320; at += 4) {
    const word = load<u32>(at - 12) ^ load<u32>(at - 32) ^ load<u32>(at - 56) ^ load<u32>(at - 64);
    store<u32>(at, rotl<u32>(word, 1));
  }
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  for (let i: u32 = 0; i < 80; ++i) {
    const sum = rotl<u32>(a, 5) + mix(i, b, c, d) + e + load<u32>(schedule + (i << 2));
    e = d;
    d = c;
    c = rotl<u32>(b, 30);
    b = a;
    a = sum;
  }
  store<u32>(state, load<u32>(state, 0) + a, 0);
  store<u32>(state, load<u32>(state, 4) + b, 4);
  store<u32>(state, load<u32>(state, 8) + c, 8);
  store<u32>(state, load<u32>(state, 12) + d, 12);
  store<u32>(state, load<u32>(state, 16) + e, 16);
}

/** A step's function with its constant. */
function mix(i: u32, b: u32, c: u32, d: u32): u32 {
  if (i < 20) return (d ^ (b & (c ^ d))) + 0x5a827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (i < 60) return ((b & c) | (d & (b | c))) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
