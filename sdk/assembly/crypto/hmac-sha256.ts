// HMAC-SHA-256 (RFC 2104, RFC 4868).
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { sha256, Sha256, SHA256_BLOCK_SIZE } from "./sha256";

/** The HMAC of `message` under `key` (any length): 32 bytes. Compare it with `equalBytes`. */
export function hmacSha256(key: Slice, message: Slice): Slice {
  return new HmacSha256(key).update(message).digest();
}

/** HMAC-SHA-256 over a message that comes in parts. */
@final
export class HmacSha256 {
  private inner: Sha256 = new Sha256();
  private key: Slice;

  constructor(key: Slice) {
    this.key = key.length > SHA256_BLOCK_SIZE ? sha256(key) : key.copy();
    this.inner.update(paddedKey(this.key, 0x36));
  }

  /** Adds the next part of the message. */
  update(part: Slice): HmacSha256 {
    this.inner.update(part);
    return this;
  }

  /** The HMAC of all parts: 32 bytes. The object is then ready for another message under the same key. */
  digest(): Slice {
    const digest = new Sha256().update(paddedKey(this.key, 0x5c)).update(this.inner.digest()).digest();
    this.inner.update(paddedKey(this.key, 0x36));
    return digest;
  }
}

/** The key, filled up with zeros to a block, each byte combined with `pad`. */
function paddedKey(key: Slice, pad: u8): Slice {
  const block = allocate(SHA256_BLOCK_SIZE);
  const address = changetype<usize>(block);
  for (let i = 0; i < SHA256_BLOCK_SIZE; ++i) store<u8>(address + i, key.at(i) ^ pad);
  return Slice.wrap(block);
}
