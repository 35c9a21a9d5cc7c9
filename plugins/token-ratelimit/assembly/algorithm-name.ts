// What algorithms are called, in configurations and where a service counts.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Algorithm } from "./counter-window";

// In the order of Algorithm.
export const ALGORITHM_NAMES: StaticArray<Slice> = [
  Slice.of("slidingWindow"),
  Slice.of("tokenBucket"),
  Slice.of("calendar"),
];

export function algorithmName(algorithm: Algorithm): Slice {
  return ALGORITHM_NAMES[algorithm];
}
