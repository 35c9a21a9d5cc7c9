// Authenticated encryption: ChaCha20 and Poly1305. https://www.rfc-editor.org/rfc/rfc8439#section-2.8
import { allocate } from "../bytes/memory";
import { Slice } from "../bytes/slice";
import { ChaCha20, CHACHA20_KEY_SIZE, CHACHA20_NONCE_SIZE } from "./chacha20";
import { equalBytes } from "./equal-bytes";
import { Poly1305 } from "./poly1305";

const TAG_SIZE: i32 = 16;

/** One key's messages: 32 bytes of key. No nonce of 12 bytes may be used twice under one key. */
@final
export class ChaCha20Poly1305 {
  /** A key of another length never opens anything. */
  constructor(private readonly key: Slice) {}

  /** `plain` encrypted, and its tag behind it. `context` is no part of it, but has to be the same to open it. */
  seal(nonce: Slice, context: Slice, plain: Slice): Slice {
    const cipher = new ChaCha20(this.key, nonce);
    const tagKey = cipher.firstBytes();
    const sealed = allocate(plain.length + TAG_SIZE);
    cipher.apply(plain.pointer, changetype<usize>(sealed), plain.length);
    const encrypted = new Slice(sealed, 0, plain.length);
    memory.copy(changetype<usize>(sealed) + plain.length, tagOf(tagKey, context, encrypted).pointer, TAG_SIZE);
    return Slice.wrap(sealed);
  }

  /** What was sealed; null where any bit of key, nonce, context or message is another. */
  open(nonce: Slice, context: Slice, sealed: Slice): Slice | null {
    if (sealed.length < TAG_SIZE || this.key.length != CHACHA20_KEY_SIZE) return null;
    if (nonce.length != CHACHA20_NONCE_SIZE) return null;
    const cipher = new ChaCha20(this.key, nonce);
    const size = sealed.length - TAG_SIZE;
    const encrypted = sealed.slice(0, size);
    if (!equalBytes(tagOf(cipher.firstBytes(), context, encrypted), sealed.slice(size))) return null;
    const plain = allocate(size);
    cipher.apply(encrypted.pointer, changetype<usize>(plain), size);
    return Slice.wrap(plain);
  }
}

function tagOf(key: Slice, context: Slice, encrypted: Slice): Slice {
  const tag = new Poly1305(key).updatePadded(context).updatePadded(encrypted);
  return tag.updateNumbers(context.length, encrypted.length).digest();
}
