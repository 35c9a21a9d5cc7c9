// A whole JSON answer on its way to the client, read while it passes and never changed.
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { Answer } from "./answer";
import { JsonWatch, WatchedPath } from "./json-watch";

const MODEL: i32 = 0;
const USAGE: i32 = 1;
const FINISH_REASON: i32 = 2;
const STATUS: i32 = 3;
const META: i32 = 4;

const PATHS: StaticArray<WatchedPath> = [
  new WatchedPath("model"),
  new WatchedPath("usage"),
  new WatchedPath("choices", "finish_reason"),
  new WatchedPath("status"),
  new WatchedPath("meta"),
];

/** Reads one answer. */
@final
export class WholeAnswer {
  private watch: JsonWatch = new JsonWatch(PATHS);

  /** Takes the next bytes. */
  push(chunk: Slice): void {
    this.watch.push(chunk);
  }

  /** At the end: what was found goes into `answer`. */
  finish(tape: JsonTape, answer: Answer): void {
    answer.setModel(this.text(tape, MODEL));
    answer.setFinish(this.text(tape, STATUS));
    answer.setFinish(this.text(tape, FINISH_REASON));
    if (this.scan(tape, META)) answer.usage.readMeta(tape, tape.root);
    if (this.scan(tape, USAGE)) answer.usage.readUsage(tape, tape.root);
  }

  private text(tape: JsonTape, path: i32): Slice {
    return this.scan(tape, path) ? tape.text(tape.root) : Slice.empty();
  }

  private scan(tape: JsonTape, path: i32): bool {
    const value = this.watch.values[path];
    return value.length > 0 && !tape.scan(value);
  }
}
