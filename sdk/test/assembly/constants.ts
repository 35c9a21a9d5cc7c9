// Harness: constants as the compiler's transforms lay them out: slices alone, in lists, handed to constructors and in
// functions, and strings.
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

const STRINGS: string[] = [
  "a string",
  "",
  "Größe",
  "水 \u{1F30A}",
  `0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
0123456789012345678901234567890123456789012345678901`,
  `0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789
01234567890123456789012345678901234567890123456789012`,
  "after a gap",
];

/** All strings, each before a semicolon, and one that a function has put together. */
export function strings(): ArrayBuffer {
  const writer = new Writer();
  for (let i = 0; i < STRINGS.length; ++i) writer.text(STRINGS[i]).byte(0x3b);
  return writer
    .text("a s" + "tring".toUpperCase())
    .take()
    .toBuffer();
}

/** Whether the slice of a function is that of a constant with the same text. */
export function isOneInFunction(): bool {
  return Slice.of("name") == NAME && (NAME.length ? Slice.of("in a list") : NAME) == LIST[1];
}

/** Whether two constants of the same text are one. */
export function areOne(): bool {
  return NAME == AGAIN;
}
