// The end of a message for hashes of the MD4 family (MD5, SHA-1, SHA-512): a one bit, zeros, the length in bits.
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";

/** Which end of a number stands first. */
export const enum ByteOrder {
  Little,
  Big,
}

/** What stands behind the last whole block of `message`, filled up to one or two blocks. The length takes 8 bytes. */
export function paddedEnd(message: Slice, blockSize: i32, lengthSize: i32, order: ByteOrder): Slice {
  const rest = message.length % blockSize;
  const size = rest + 1 + lengthSize > blockSize ? blockSize << 1 : blockSize;
  const buffer = allocate(size);
  const address = changetype<usize>(buffer);
  memory.copy(address, message.pointer + message.length - rest, rest);
  store<u8>(address + rest, 0x80);
  memory.fill(address + rest + 1, 0, size - rest - 1);
  const bits = (<u64>message.length) << 3;
  store<u64>(address + size - 8, order == ByteOrder.Big ? bswap<u64>(bits) : bits);
  return Slice.wrap(buffer);
}
