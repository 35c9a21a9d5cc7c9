// The protocol's versions, and which era each belongs to. A version is a date, so that they compare as text.
// https://modelcontextprotocol.io/specification/versioning
import { Slice } from "@weir/sdk/assembly";

/** Two protocols in one: with a handshake and sessions, or without. */
export const enum Era {
  Legacy = 0,
  Modern,
}

export const MODERN = Slice.of("2026-07-28");
/** What a client of the first era that says nothing of its version speaks. */
export const UNSAID = Slice.of("2025-03-26");
/** The newest of the first era. */
export const LEGACY_LATEST = Slice.of("2025-11-25");
const STRUCTURED = Slice.of("2025-06-18");
const FIRST = Slice.of("2024-11-05");

const LEGACY: StaticArray<Slice> = [FIRST, UNSAID, STRUCTURED, LEGACY_LATEST];

/** Whether it is a version of the first era that is spoken here. */
export function isLegacy(version: Slice): bool {
  for (let i = 0; i < LEGACY.length; ++i) if (LEGACY[i].equals(version)) return true;
  return false;
}

/** Whether it is a version of the second era that is spoken here. */
export function isModern(version: Slice): bool {
  return version.equals(MODERN);
}

/** Whether it would belong to the second era, spoken here or not. */
export function claimsModern(version: Slice): bool {
  if (version.length != MODERN.length) return false;
  for (let i = 0; i < version.length; ++i) {
    if (version.at(i) != MODERN.at(i)) return version.at(i) > MODERN.at(i);
  }
  return true;
}

/** Batches came with one version and went with the next. */
export function allowsBatch(version: Slice): bool {
  return version.equals(UNSAID) || version.equals(FIRST);
}
