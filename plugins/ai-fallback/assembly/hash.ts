// A hash that spreads keys over targets. Not for secrets.
import { Slice } from "@weir/sdk/assembly";

// Written in halves, for a linter takes whole ones for numbers that lose precision.
const FNV_BASIS: u64 = ((<u64>0xcbf29ce4) << 32) | 0x84222325;
const FNV_PRIME: u64 = 0x100000001b3;
const GOLDEN_RATIO: u64 = ((<u64>0x9e3779b9) << 32) | 0x7f4a7c15;
const FIRST_MIX: u64 = ((<u64>0xbf58476d) << 32) | 0x1ce4e5b9;
const SECOND_MIX: u64 = ((<u64>0x94d049bb) << 32) | 0x133111eb;

/** What is behind it makes no difference: conversations are told apart by how they begin. */
const hashedBytesMax: i32 = 16 * 1024;

/** FNV-1a of the first bytes, so that several texts can be hashed one after the other. */
export function hashOf(text: Slice, seed: u64 = FNV_BASIS): u64 {
  let hash = seed;
  for (let i = 0, end = min(text.length, hashedBytesMax); i < end; ++i) hash = (hash ^ text.at(i)) * FNV_PRIME;
  return hash;
}

/** Lets every bit of two hashes count for every bit of the result (splitmix64). */
export function mixed(first: u64, second: u64): u64 {
  let hash = first ^ (second * GOLDEN_RATIO);
  hash = (hash ^ (hash >> 30)) * FIRST_MIX;
  hash = (hash ^ (hash >> 27)) * SECOND_MIX;
  return hash ^ (hash >> 31);
}
