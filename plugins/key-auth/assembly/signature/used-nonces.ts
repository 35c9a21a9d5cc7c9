// The nonces that have been used, in the store that all workers share. Nothing can be removed from that store, so it
// is a table of a fixed number of places, each a list of nonces that is swept when the next one comes.
import { nowMs, sha256, sharedData, Slice, Status, Writer } from "@weir/sdk/assembly";

/** At 512 nonces in each, there is room for 3,400 requests a second at a clock skew of five minutes. */
const PLACES: u32 = 4096;
const NONCES_MAX: i32 = 512;
/** 16 bytes of its hash, then the second from which on it may be forgotten, 4 bytes. */
const ENTRY_SIZE: i32 = 20;
const HASH_SIZE: i32 = 16;
const PREFIX = Slice.of("weir.key-auth.nonces.");
/** Far more losses in a row than threads that write at once. */
const ATTEMPTS_MAX: i32 = 64;

/** What becomes of a nonce. */
export const enum NonceUse {
  First,
  Repeated,
  /** There is no room for it, so it cannot be told. */
  Unknown,
}

/** Uses a nonce of this key id. It is remembered up to `untilMs`, in Unix milliseconds. */
export function useNonce(keyId: Slice, nonce: Slice, untilMs: i64): NonceUse {
  const name = new Writer(keyId.length + nonce.length + 1).bytes(keyId).byte(0).bytes(nonce).take();
  const hash = sha256(name);
  const entry = entryOf(hash.slice(0, HASH_SIZE), untilMs / 1000 + 1);
  const number = ((<u32>hash.at(HASH_SIZE)) << 8) | hash.at(HASH_SIZE + 1);
  const key = new Writer()
    .bytes(PREFIX)
    .unsigned(number % PLACES)
    .take();
  for (let i = 0; i < ATTEMPTS_MAX; ++i) {
    const found = sharedData.get(key);
    const list = found ? found.value : Slice.empty();
    if (holds(list, entry)) return NonceUse.Repeated;
    const swept = sweep(list, <u64>nowMs() / 1000);
    if (swept.length >= NONCES_MAX * ENTRY_SIZE) return NonceUse.Unknown;
    const longer = swept.bytes(entry).take();
    const status = found ? sharedData.set(key, longer, found.cas) : sharedData.create(key, longer);
    if (status == Status.Ok) return NonceUse.First;
  }
  return NonceUse.Unknown;
}

function entryOf(hash: Slice, untilSeconds: i64): Slice {
  const writer = new Writer(ENTRY_SIZE).bytes(hash);
  for (let shift = 0; shift < 32; shift += 8) writer.byte(<u8>(untilSeconds >> shift));
  return writer.take();
}

/** Also one whose time is over: a clock that is set back must not make it good again. */
function holds(list: Slice, entry: Slice): bool {
  const hash = entry.slice(0, HASH_SIZE);
  for (let at = 0; at + ENTRY_SIZE <= list.length; at += ENTRY_SIZE) {
    if (list.at(at) == hash.at(0) && list.slice(at, at + HASH_SIZE).equals(hash)) return true;
  }
  return false;
}

/** The entries that are to be remembered still. */
function sweep(list: Slice, nowSeconds: u64): Writer {
  const kept = new Writer(list.length + ENTRY_SIZE);
  for (let at = 0; at + ENTRY_SIZE <= list.length; at += ENTRY_SIZE) {
    const entry = list.slice(at, at + ENTRY_SIZE);
    if (secondsOf(entry) > nowSeconds) kept.bytes(entry);
  }
  return kept;
}

function secondsOf(entry: Slice): u64 {
  let seconds: u64 = 0;
  for (let i = 3; i >= 0; --i) seconds = (seconds << 8) | entry.at(HASH_SIZE + i);
  return seconds;
}
