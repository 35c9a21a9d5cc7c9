// A whole JSON answer on its way to the client, read while it passes and never changed. One that comes in one piece, as
// most do, is scanned; of one that comes in several, a watch takes what is wanted.
import { JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { Answer } from "./answer";
import { Exchange } from "./exchange";
import { JsonWatch, WatchedPath } from "./json-watch";

const MODEL = Slice.of("model");
const USAGE = Slice.of("usage");
const CHOICES = Slice.of("choices");
const FINISH_REASON = Slice.of("finish_reason");
const STATUS = Slice.of("status");
const META = Slice.of("meta");

const WATCHED: StaticArray<WatchedPath> = [
  new WatchedPath(MODEL),
  new WatchedPath(STATUS),
  new WatchedPath(CHOICES, FINISH_REASON),
  new WatchedPath(META),
  new WatchedPath(USAGE),
];

const CLOSING_BRACE: u8 = 0x7d;

/** Reads one answer. */
@final
export class WholeAnswer {
  private isRead: bool = false;
  private watch: JsonWatch | null = null;

  /** Takes the next bytes. */
  push(chunk: Slice, exchange: Exchange): void {
    const watch = this.watch;
    if (watch) return watch.push(chunk);
    if (!this.isRead && lastByte(chunk) == CLOSING_BRACE && !exchange.scratch.tape.scan(chunk)) {
      this.isRead = true;
      return readAnswer(exchange.scratch.tape, exchange.answer);
    }
    const begun = new JsonWatch(WATCHED);
    begun.push(chunk);
    this.watch = begun;
  }

  /** At the end: what was found goes into the exchange's answer. */
  finish(exchange: Exchange): void {
    const watch = this.watch;
    if (!watch) return;
    const tape = exchange.scratch.tape;
    const answer = exchange.answer;
    const values = watch.values;
    if (isScanned(tape, values[0])) answer.setModel(tape.text(tape.root));
    if (isScanned(tape, values[1])) answer.setFinish(tape.text(tape.root));
    if (isScanned(tape, values[2])) answer.setFinish(tape.text(tape.root));
    if (isScanned(tape, values[3])) answer.usage.readMeta(tape, tape.root);
    if (isScanned(tape, values[4])) answer.usage.readUsage(tape, tape.root);
  }
}

function readAnswer(tape: JsonTape, answer: Answer): void {
  const root = tape.root;
  answer.setModel(tape.text(tape.find(root, MODEL)));
  answer.setFinish(tape.text(tape.find(root, STATUS)));
  const choices = tape.find(root, CHOICES);
  for (let choice = tape.first(choices); choice >= 0; choice = tape.next(choice)) {
    answer.setFinish(tape.text(tape.find(choice, FINISH_REASON)));
  }
  if (tape.kind(root) != JsonKind.Object) return;
  answer.usage.readMeta(tape, tape.find(root, META));
  answer.usage.readUsage(tape, tape.find(root, USAGE));
}

function isScanned(tape: JsonTape, value: Slice): bool {
  return value.length > 0 && !tape.scan(value);
}

function lastByte(chunk: Slice): u8 {
  let last = chunk.length - 1;
  while (last >= 0 && chunk.at(last) <= 0x20) --last;
  return chunk.at(last);
}
