// How fast a target answers: shared data `weir.speed.<cluster>/<model>/<surface>`, written by the targets' plugin for
// routes that want to know. `<nanoseconds> <when>`: to the first token of a stream (the surface ends with an `s` then),
// or to the end of a whole answer. What was found out long ago is still the best guess: trying others now and then is
// what finds out more.
import { parseInteger, sharedData, Slice, Writer } from "@weir/sdk/assembly";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { PlannedTarget } from "./planned-target";

const KEY = Slice.of("weir.speed.");
const SLASH: u8 = 0x2f;
const SPACE: u8 = 0x20;
const LETTER_S: u8 = 0x73;

/** So many nanoseconds it usually takes; 0 where nothing is known yet. */
export function usualNanos(target: PlannedTarget, surface: Surface, isStream: bool): i64 {
  const key = new Writer().bytes(KEY).bytes(target.cluster).byte(SLASH).bytes(target.model);
  key.byte(SLASH).integer(surface.index);
  if (isStream) key.byte(LETTER_S);
  const found = sharedData.get(key.toSlice());
  return found ? parseInteger(found.value.slice(0, found.value.indexOf(SPACE))) : 0;
}
