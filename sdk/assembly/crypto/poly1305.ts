// The Poly1305 authenticator, with numbers of five times 26 bits. https://www.rfc-editor.org/rfc/rfc8439#section-2.5
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";

const LIMB: u64 = 0x3ffffff;
const BLOCK_SIZE: i32 = 16;

/** Poly1305 over a message that comes in parts, each filled up with zeros to whole blocks. */
@final
export class Poly1305 {
  private r0: u64 = 0;
  private r1: u64 = 0;
  private r2: u64 = 0;
  private r3: u64 = 0;
  private r4: u64 = 0;
  private h0: u64 = 0;
  private h1: u64 = 0;
  private h2: u64 = 0;
  private h3: u64 = 0;
  private h4: u64 = 0;
  private readonly block: StaticArray<u8> = new StaticArray<u8>(BLOCK_SIZE);

  /** `key` has 32 bytes, and is for one message alone. */
  constructor(private readonly key: Slice) {
    const from = key.pointer;
    this.r0 = <u64>load<u32>(from) & 0x3ffffff;
    this.r1 = (<u64>load<u32>(from, 3) >> 2) & 0x3ffff03;
    this.r2 = (<u64>load<u32>(from, 6) >> 4) & 0x3ffc0ff;
    this.r3 = (<u64>load<u32>(from, 9) >> 6) & 0x3f03fff;
    this.r4 = (<u64>load<u32>(from, 12) >> 8) & 0x00fffff;
  }

  /** Adds a part, and zeros up to a whole block. */
  updatePadded(part: Slice): Poly1305 {
    const block = changetype<usize>(this.block);
    for (let i = 0; i < part.length; i += BLOCK_SIZE) {
      memory.fill(block, 0, BLOCK_SIZE);
      memory.copy(block, part.pointer + i, min(BLOCK_SIZE, part.length - i));
      this.addBlock();
    }
    return this;
  }

  /** Adds a block of two numbers. */
  updateNumbers(first: u64, second: u64): Poly1305 {
    store<u64>(changetype<usize>(this.block), first);
    store<u64>(changetype<usize>(this.block), second, 8);
    this.addBlock();
    return this;
  }

  private addBlock(): void {
    const from = changetype<usize>(this.block);
    this.h0 += <u64>load<u32>(from) & LIMB;
    this.h1 += (<u64>load<u32>(from, 3) >> 2) & LIMB;
    this.h2 += (<u64>load<u32>(from, 6) >> 4) & LIMB;
    this.h3 += (<u64>load<u32>(from, 9) >> 6) & LIMB;
    this.h4 += (<u64>load<u32>(from, 12) >> 8) | (1 << 24);
    this.multiply();
  }

  /** h = h × r, modulo 2¹³⁰ − 5 as far as the limbs need it. */
  private multiply(): void {
    const h0 = this.h0;
    const h1 = this.h1;
    const h2 = this.h2;
    const h3 = this.h3;
    const h4 = this.h4;
    const s1 = this.r1 * 5;
    const s2 = this.r2 * 5;
    const s3 = this.r3 * 5;
    const s4 = this.r4 * 5;
    this.h0 = h0 * this.r0 + h1 * s4 + h2 * s3 + h3 * s2 + h4 * s1;
    this.h1 = h0 * this.r1 + h1 * this.r0 + h2 * s4 + h3 * s3 + h4 * s2;
    this.h2 = h0 * this.r2 + h1 * this.r1 + h2 * this.r0 + h3 * s4 + h4 * s3;
    this.h3 = h0 * this.r3 + h1 * this.r2 + h2 * this.r1 + h3 * this.r0 + h4 * s4;
    this.h4 = h0 * this.r4 + h1 * this.r3 + h2 * this.r2 + h3 * this.r1 + h4 * this.r0;
    this.carry();
  }

  private carry(): void {
    this.h1 += this.h0 >> 26;
    this.h0 &= LIMB;
    this.h2 += this.h1 >> 26;
    this.h1 &= LIMB;
    this.h3 += this.h2 >> 26;
    this.h2 &= LIMB;
    this.h4 += this.h3 >> 26;
    this.h3 &= LIMB;
    this.h0 += (this.h4 >> 26) * 5;
    this.h4 &= LIMB;
    this.h1 += this.h0 >> 26;
    this.h0 &= LIMB;
  }

  /** The tag of all parts: 16 bytes. */
  digest(): Slice {
    this.carry();
    this.carry();
    this.reduce();
    const tag = allocate(BLOCK_SIZE);
    const to = changetype<usize>(tag);
    const key = this.key.pointer;
    let sum = ((this.h0 | (this.h1 << 26)) & 0xffffffff) + <u64>load<u32>(key, 16);
    store<u32>(to, <u32>sum);
    sum = (((this.h1 >> 6) | (this.h2 << 20)) & 0xffffffff) + <u64>load<u32>(key, 20) + (sum >> 32);
    store<u32>(to, <u32>sum, 4);
    sum = (((this.h2 >> 12) | (this.h3 << 14)) & 0xffffffff) + <u64>load<u32>(key, 24) + (sum >> 32);
    store<u32>(to, <u32>sum, 8);
    sum = (((this.h3 >> 18) | (this.h4 << 8)) & 0xffffffff) + <u64>load<u32>(key, 28) + (sum >> 32);
    store<u32>(to, <u32>sum, 12);
    return Slice.wrap(tag);
  }

  /** h − p where that is not negative: without a branch that would tell how h is. */
  private reduce(): void {
    let g0 = this.h0 + 5;
    let g1 = this.h1 + (g0 >> 26);
    let g2 = this.h2 + (g1 >> 26);
    let g3 = this.h3 + (g2 >> 26);
    const g4 = this.h4 + (g3 >> 26) - (1 << 26);
    const isNegative: u64 = 0 - (g4 >> 63);
    g0 &= LIMB;
    g1 &= LIMB;
    g2 &= LIMB;
    g3 &= LIMB;
    this.h0 = (this.h0 & isNegative) | (g0 & ~isNegative);
    this.h1 = (this.h1 & isNegative) | (g1 & ~isNegative);
    this.h2 = (this.h2 & isNegative) | (g2 & ~isNegative);
    this.h3 = (this.h3 & isNegative) | (g3 & ~isNegative);
    this.h4 = (this.h4 & isNegative) | (g4 & LIMB & ~isNegative);
  }
}
