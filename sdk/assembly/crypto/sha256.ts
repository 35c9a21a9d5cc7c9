// SHA-256 (FIPS 180-4 §5.1.1, §5.3.3, §6.2), one-shot and streaming.
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";

/** The size of a digest in bytes. */
export const SHA256_SIZE: i32 = 32;
/** The size of a block in bytes: HMAC needs it. */
export const SHA256_BLOCK_SIZE: i32 = 64;

/** The SHA-256 digest of `message`: 32 bytes. */
export function sha256(message: Slice): Slice {
  return new Sha256().update(message).digest();
}

/** SHA-256 over a message that comes in parts. */
@final
export class Sha256 {
  private state: StaticArray<u32> = initialState();
  private block: StaticArray<u8> = new StaticArray<u8>(SHA256_BLOCK_SIZE);
  private size: u64 = 0;

  /** Adds the next part of the message. */
  update(part: Slice): Sha256 {
    let from = part.pointer;
    let left: usize = part.length;
    const used = <usize>(this.size & 63);
    this.size += left;
    if (used) {
      const taken = min(left, 64 - used);
      memory.copy(changetype<usize>(this.block) + used, from, taken);
      if (used + taken < 64) return this;
      compress(changetype<usize>(this.state), changetype<usize>(this.block));
      from += taken;
      left -= taken;
    }
    for (; left >= 64; left -= 64, from += 64) compress(changetype<usize>(this.state), from);
    memory.copy(changetype<usize>(this.block), from, left);
    return this;
  }

  /** The digest of all parts: 32 bytes. The object is then ready for another message. */
  digest(): Slice {
    const block = changetype<usize>(this.block);
    let used = <usize>(this.size & 63);
    store<u8>(block + used++, 0x80);
    memory.fill(block + used, 0, 64 - used);
    if (used > 56) {
      compress(changetype<usize>(this.state), block);
      memory.fill(block, 0, 56);
    }
    store<u64>(block, bswap<u64>(this.size << 3), 56);
    compress(changetype<usize>(this.state), block);
    const digest = allocate(SHA256_SIZE);
    for (let i: usize = 0; i < 32; i += 4) {
      store<u32>(changetype<usize>(digest) + i, bswap<u32>(load<u32>(changetype<usize>(this.state) + i)));
    }
    this.state = initialState();
    this.size = 0;
    return Slice.wrap(digest);
  }
}

/** The first 32 bits of the fractional parts of the square roots of the first 8 primes. */
function initialState(): StaticArray<u32> {
  return [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
}

/** The address of the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function roundConstants(): usize {
  // prettier-ignore
  return memory.data<u32>([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
}

/** One round of the compression function over the 64 bytes at `block`. */
function compress(state: usize, block: usize): void {
  // The message schedule: 64 words that are written anew for each block.
  const schedule = memory.data(256, 16);
  const constants = roundConstants();
  fillSchedule(schedule, block);
  let a = load<u32>(state, 0);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let f = load<u32>(state, 20);
  let g = load<u32>(state, 24);
  let h = load<u32>(state, 28);
  for (let i: usize = 0; i < 256; i += 4) {
    const one = h + bigSigma1(e) + (g ^ (e & (f ^ g))) + load<u32>(constants + i) + load<u32>(schedule + i);
    const two = bigSigma0(a) + ((a & b) | (c & (a | b)));
    h = g;
    g = f;
    f = e;
    e = d + one;
    d = c;
    c = b;
    b = a;
    a = one + two;
  }
  add(state, a);
  add(state + 4, b);
  add(state + 8, c);
  add(state + 12, d);
  add(state + 16, e);
  add(state + 20, f);
  add(state + 24, g);
  add(state + 28, h);
}

function fillSchedule(schedule: usize, block: usize): void {
  for (let i: usize = 0; i < 64; i += 4) store<u32>(schedule + i, bswap<u32>(load<u32>(block + i)));
  for (let at = schedule + 64; at < schedule + 256; at += 4) {
    const sum = load<u32>(at - 64) + smallSigma0(load<u32>(at - 60));
    store<u32>(at, sum + load<u32>(at - 28) + smallSigma1(load<u32>(at - 8)));
  }
}

function add(address: usize, value: u32): void {
  store<u32>(address, load<u32>(address) + value);
}

function bigSigma0(x: u32): u32 {
  return rotr<u32>(x, 2) ^ rotr<u32>(x, 13) ^ rotr<u32>(x, 22);
}

function bigSigma1(x: u32): u32 {
  return rotr<u32>(x, 6) ^ rotr<u32>(x, 11) ^ rotr<u32>(x, 25);
}

function smallSigma0(x: u32): u32 {
  return rotr<u32>(x, 7) ^ rotr<u32>(x, 18) ^ (x >> 3);
}

function smallSigma1(x: u32): u32 {
  return rotr<u32>(x, 17) ^ rotr<u32>(x, 19) ^ (x >> 10);
}
