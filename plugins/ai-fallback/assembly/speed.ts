// How fast a target answers: shared data `weir.speed.<cluster>/<model>/<surface>`, written by the targets' plugin for
// requests that want to know. `<nanoseconds> <when>`: to the first token of a stream (the surface ends with an `s`
// then), to the end of a whole answer, or for a hundred tokens of any (it ends with a `t`). What was found out long ago
// is still the best guess: trying others now and then is what finds out more.
import { parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { PlannedTarget } from "./planned-target";

const KEY = Slice.of("weir.speed.");
const SLASH: u8 = 0x2f;
const SPACE: u8 = 0x20;
const LETTER_S: u8 = 0x73;
const LETTER_T: u8 = 0x74;

/** So many nanoseconds it usually takes to begin; 0 where nothing is known yet. */
export function usualNanos(target: PlannedTarget, surface: Surface, isStream: bool): i64 {
  return nanosOf(target, surface, isStream ? LETTER_S : 0);
}

/** So many nanoseconds a hundred tokens usually take; 0 where nothing is known yet. */
export function usualPace(target: PlannedTarget, surface: Surface): i64 {
  return nanosOf(target, surface, LETTER_T);
}

function nanosOf(target: PlannedTarget, surface: Surface, kind: u8): i64 {
  const key = new Writer().bytes(KEY).bytes(target.cluster).byte(SLASH).bytes(target.model);
  key.byte(SLASH).integer(surface.index);
  if (kind) key.byte(kind);
  const found = sharedData.get(key.toSlice());
  return found ? parseInteger(found.value.slice(0, found.value.indexOf(SPACE))) : 0;
}
