// A hash that spreads keys over targets. Not for secrets.
import { Slice } from "@weir/sdk/assembly";

/** What is behind it makes no difference: conversations are told apart by how they begin. */
const hashedBytesMax: i32 = 16 * 1024;

/** FNV-1a of the first bytes, so that several texts can be hashed one after the other. */
export function hashOf(text: Slice, seed: u64 = 0xcbf29ce484222325): u64 {
  let hash = seed;
  for (let i = 0, end = min(text.length, hashedBytesMax); i < end; ++i) hash = (hash ^ text.at(i)) * 0x100000001b3;
  return hash;
}

/** Lets every bit of two hashes count for every bit of the result (splitmix64). */
export function mixed(first: u64, second: u64): u64 {
  let hash = first ^ (second * 0x9e3779b97f4a7c15);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}
