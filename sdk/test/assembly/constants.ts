// Harness: constants as the compiler's transform lays them out, alone, in lists and handed to constructors.
import { Slice } from "../../assembly/bytes/slice";
import { Writer } from "../../assembly/bytes/writer";

class Pair {
  constructor(
    readonly name: Slice,
    readonly value: Slice,
  ) {}
}

const NAME = Slice.of("name");
const AGAIN = Slice.of("name");
const NOTHING = Slice.of("");
const FOREIGN = Slice.of('"\\\t Größe 水 \u{1F30A}');
const LIST: Slice[] = [NAME, Slice.of("in a list"), FOREIGN];
const PAIR = new Pair(Slice.of("in a constructor"), NAME);
const LONG = Slice.of(
  "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789" +
    "a sum is no literal",
);
const LONGEST = Slice.of(
  "水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水水",
);
const ALL: Slice[] = [NAME, AGAIN, NOTHING, FOREIGN, LIST[0], LIST[1], LIST[2], PAIR.name, PAIR.value, LONG, LONGEST];

let kept: Slice = NOTHING;

/** All constants, a line each. */
export function texts(): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < ALL.length; ++i) writer.bytes(ALL[i]).byte(0x0a);
  return writer.take().toBuffer();
}

/** Keeps a part of a constant. */
export function keep(from: i32, to: i32): void {
  kept = FOREIGN.slice(from, to);
}

/** What was kept. */
export function keptBytes(): ArrayBuffer {
  return kept.toBuffer();
}

/** Whether two constants of the same text are one. */
export function areOne(): bool {
  return NAME == AGAIN;
}
