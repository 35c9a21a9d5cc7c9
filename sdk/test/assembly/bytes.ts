// Harness: the byte tools and digests as plain functions over buffers.
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "../../assembly/bytes/base64";
import { decodeHex, encodeHex } from "../../assembly/bytes/hex";
import { isInteger, parseInteger } from "../../assembly/bytes/integer";
import { parseNumber } from "../../assembly/bytes/number-parse";
import { decodeForm, decodePercent, encodePercent } from "../../assembly/bytes/percent";
import { Slice } from "../../assembly/bytes/slice";
import { isUtf8, malformedAt } from "../../assembly/bytes/utf8";
import { Writer } from "../../assembly/bytes/writer";
import { ChaCha20Poly1305 } from "../../assembly/crypto/chacha20-poly1305";
import { equalBytes } from "../../assembly/crypto/equal-bytes";
import { hmac as hmacOf, HmacHash } from "../../assembly/crypto/hmac";
import { md5 } from "../../assembly/crypto/md5";
import { sha1 } from "../../assembly/crypto/sha1";
import { sha512 } from "../../assembly/crypto/sha512";
import { hmacSha256, HmacSha256 } from "../../assembly/crypto/hmac-sha256";
import { sha256, Sha256 } from "../../assembly/crypto/sha256";

function bufferOf(slice: Slice | null): ArrayBuffer | null {
  return slice ? slice.toBuffer() : null;
}

export function base64(bytes: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(encodeBase64(Slice.wrap(bytes)));
}

export function base64Url(bytes: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(encodeBase64Url(Slice.wrap(bytes)));
}

export function fromBase64(text: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(decodeBase64(Slice.wrap(text)));
}

export function fromBase64Url(text: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(decodeBase64Url(Slice.wrap(text)));
}

export function hex(bytes: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(encodeHex(Slice.wrap(bytes)));
}

export function fromHex(text: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(decodeHex(Slice.wrap(text)));
}

export function percent(bytes: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(encodePercent(Slice.wrap(bytes)));
}

export function fromPercent(text: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(decodePercent(Slice.wrap(text)));
}

export function fromForm(text: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(decodeForm(Slice.wrap(text)));
}

export function utf8(bytes: ArrayBuffer): bool {
  return isUtf8(Slice.wrap(bytes));
}

export function utf8FaultAt(bytes: ArrayBuffer): i32 {
  return malformedAt(Slice.wrap(bytes));
}

/** UTF-8 to a string and back. */
export function throughText(bytes: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(Slice.of(Slice.wrap(bytes).toText()));
}

/** UTF-16 code units, little-endian, as a string and then as UTF-8: lone surrogates included. */
export function fromUtf16(units: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(new Writer().text(String.UTF16.decode(units)).take());
}

export function integer(text: ArrayBuffer): i64 {
  return parseInteger(Slice.wrap(text), -1);
}

export function integerIsValid(text: ArrayBuffer): bool {
  return isInteger(Slice.wrap(text));
}

export function number(text: ArrayBuffer): f64 {
  return parseNumber(Slice.wrap(text));
}

export function fromNumber(value: f64): ArrayBuffer | null {
  return bufferOf(new Writer().number(value).take());
}

export function fromInteger(value: i64): ArrayBuffer | null {
  return bufferOf(new Writer().integer(value).byte(0x2c).unsigned(value).take());
}

export function digest(message: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(sha256(Slice.wrap(message)));
}

/** The digest of the message given in parts of `size` bytes, by an object used once before. */
export function digestInParts(message: ArrayBuffer, size: i32): ArrayBuffer | null {
  const hash = new Sha256();
  hash.update(Slice.of("something else")).digest();
  const slice = Slice.wrap(message);
  for (let i = 0; i < slice.length; i += size) hash.update(slice.slice(i, i + size));
  return bufferOf(hash.digest());
}

export function hmac(key: ArrayBuffer, message: ArrayBuffer): ArrayBuffer | null {
  return bufferOf(hmacSha256(Slice.wrap(key), Slice.wrap(message)));
}

/** The digest by MD5 (0), SHA-1 (1) or SHA-512 (2). */
export function otherDigest(message: ArrayBuffer, hash: i32): ArrayBuffer | null {
  const slice = Slice.wrap(message);
  return bufferOf(hash == 0 ? md5(slice) : hash == 1 ? sha1(slice) : sha512(slice));
}

/** HMAC by SHA-1 (0), SHA-256 (1) or SHA-512 (2). */
export function otherHmac(key: ArrayBuffer, message: ArrayBuffer, hash: i32): ArrayBuffer | null {
  return bufferOf(hmacOf(<HmacHash>hash, Slice.wrap(key), Slice.wrap(message)));
}

/** As `hmac`, in parts of `size` bytes, by an object used once before. */
export function hmacInParts(key: ArrayBuffer, message: ArrayBuffer, size: i32): ArrayBuffer | null {
  const mac = new HmacSha256(Slice.wrap(key));
  mac.update(Slice.of("something else")).digest();
  const slice = Slice.wrap(message);
  for (let i = 0; i < slice.length; i += size) mac.update(slice.slice(i, i + size));
  return bufferOf(mac.digest());
}

/** Sealed, or opened again; null where that cannot be. The nonce is the first 12 bytes of `message`. */
export function aead(key: ArrayBuffer, context: ArrayBuffer, message: ArrayBuffer, opens: bool): ArrayBuffer | null {
  const cipher = new ChaCha20Poly1305(Slice.wrap(key));
  const nonce = Slice.wrap(message).slice(0, 12);
  const text = Slice.wrap(message).slice(12);
  if (!opens) return bufferOf(cipher.seal(nonce, Slice.wrap(context), text));
  const opened = cipher.open(nonce, Slice.wrap(context), text);
  return opened ? bufferOf(opened) : null;
}

export function equal(a: ArrayBuffer, b: ArrayBuffer): bool {
  return equalBytes(Slice.wrap(a), Slice.wrap(b));
}

/** Appends `piece` and a view of the writer to itself, so many times: growing, and reading from the old buffer. */
export function growth(piece: ArrayBuffer, times: i32): ArrayBuffer | null {
  const writer = new Writer(0);
  for (let i = 0; i < times; ++i) writer.bytes(Slice.wrap(piece)).bytes(writer.toSlice().slice(0, 3));
  return bufferOf(writer.take());
}

/** What `take` leaves behind: the length after, then what is written next. */
export function takeTwice(first: ArrayBuffer, second: ArrayBuffer): ArrayBuffer | null {
  const writer = new Writer();
  const one = writer.bytes(Slice.wrap(first)).take();
  const length = writer.length;
  const two = writer.bytes(Slice.wrap(second)).take();
  return bufferOf(new Writer().bytes(one).integer(length).bytes(two).take());
}
