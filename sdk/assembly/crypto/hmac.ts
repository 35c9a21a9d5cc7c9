// HMAC (RFC 2104) over any of the hashes, for messages that are there as a whole.
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { sha1 } from "./sha1";
import { sha256 } from "./sha256";
import { sha512 } from "./sha512";

/** The hash that an HMAC is made with. */
export const enum HmacHash {
  Sha1,
  Sha256,
  Sha512,
}

/** The HMAC of `message` under `key` (any length). Compare it with `equalBytes`. */
export function hmac(hash: HmacHash, key: Slice, message: Slice): Slice {
  const blockSize = hash == HmacHash.Sha512 ? 128 : 64;
  const short = key.length > blockSize ? digestOf(hash, key) : key;
  return digestOf(hash, keyed(short, blockSize, 0x5c, digestOf(hash, keyed(short, blockSize, 0x36, message))));
}

function digestOf(hash: HmacHash, message: Slice): Slice {
  if (hash == HmacHash.Sha1) return sha1(message);
  return hash == HmacHash.Sha512 ? sha512(message) : sha256(message);
}

/** The key, filled up with zeros to a block, each byte combined with `pad`; then the message. */
function keyed(key: Slice, blockSize: i32, pad: u8, message: Slice): Slice {
  const buffer = allocate(blockSize + message.length);
  const address = changetype<usize>(buffer);
  for (let i = 0; i < blockSize; ++i) store<u8>(address + i, key.at(i) ^ pad);
  memory.copy(address + blockSize, message.pointer, message.length);
  return Slice.wrap(buffer);
}
