// The ChaCha20 stream cipher. https://www.rfc-editor.org/rfc/rfc8439#section-2.3
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";

/** The size of a key in bytes. */
export const CHACHA20_KEY_SIZE: i32 = 32;
/** The size of a nonce in bytes. */
export const CHACHA20_NONCE_SIZE: i32 = 12;
const BLOCK_SIZE: i32 = 64;

/** The cipher under one key and nonce, of 32 and 12 bytes. */
@final
export class ChaCha20 {
  private readonly state: StaticArray<u32> = new StaticArray<u32>(16);
  private readonly block: StaticArray<u32> = new StaticArray<u32>(16);

  constructor(key: Slice, nonce: Slice) {
    const state = changetype<usize>(this.state);
    // "expand 32-byte k"
    store<u32>(state, 0x61707865, 0);
    store<u32>(state, 0x3320646e, 4);
    store<u32>(state, 0x79622d32, 8);
    store<u32>(state, 0x6b206574, 12);
    memory.copy(state + 16, key.pointer, min(key.length, CHACHA20_KEY_SIZE));
    memory.copy(state + 52, nonce.pointer, min(nonce.length, CHACHA20_NONCE_SIZE));
  }

  /** The first 32 bytes of the block numbered 0: the one-time key of Poly1305. */
  firstBytes(): Slice {
    this.nextBlock(0);
    const bytes = allocate(CHACHA20_KEY_SIZE);
    memory.copy(changetype<usize>(bytes), changetype<usize>(this.block), CHACHA20_KEY_SIZE);
    return Slice.wrap(bytes);
  }

  /** Encrypts or decrypts `size` bytes at `source` into `target`, from the block numbered 1 on. */
  apply(source: usize, target: usize, size: i32): void {
    const stream = changetype<usize>(this.block);
    for (let done = 0, counter: u32 = 1; done < size; done += BLOCK_SIZE, ++counter) {
      this.nextBlock(counter);
      for (let i = 0, end = min(BLOCK_SIZE, size - done); i < end; ++i) {
        store<u8>(target + done + i, load<u8>(source + done + i) ^ load<u8>(stream + i));
      }
    }
  }

  private nextBlock(counter: u32): void {
    const state = changetype<usize>(this.state);
    const block = changetype<usize>(this.block);
    store<u32>(state, counter, 48);
    memory.copy(block, state, BLOCK_SIZE);
    for (let round = 0; round < 10; ++round) {
      mix(block, 0, 4, 8, 12);
      mix(block, 1, 5, 9, 13);
      mix(block, 2, 6, 10, 14);
      mix(block, 3, 7, 11, 15);
      mix(block, 0, 5, 10, 15);
      mix(block, 1, 6, 11, 12);
      mix(block, 2, 7, 8, 13);
      mix(block, 3, 4, 9, 14);
    }
    for (let i: usize = 0; i < 64; i += 4) store<u32>(block + i, load<u32>(block + i) + load<u32>(state + i));
  }
}

/** A quarter round on the words numbered so. */
function mix(block: usize, a: usize, b: usize, c: usize, d: usize): void {
  turn(block, a, b, d, 16);
  turn(block, c, d, b, 12);
  turn(block, a, b, d, 8);
  turn(block, c, d, b, 7);
}

/** a += b; c ^= a; c <<<= bits */
function turn(block: usize, a: usize, b: usize, c: usize, bits: u32): void {
  const sum = load<u32>(block + (a << 2)) + load<u32>(block + (b << 2));
  store<u32>(block + (a << 2), sum);
  store<u32>(block + (c << 2), rotl<u32>(load<u32>(block + (c << 2)) ^ sum, bits));
}
