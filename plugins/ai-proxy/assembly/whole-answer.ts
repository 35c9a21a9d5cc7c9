// A whole JSON answer on its way to a client of the same dialect, read while it passes and never changed. One that
// comes in one piece, as most do, is scanned; of one that comes in several, a watch takes what is wanted.
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Family } from "@weir/dialects/surfaces/assembly/surface";
import { Answer } from "./answer";
import { readAnthropicMessage } from "./anthropic-reader";
import { Exchange } from "./exchange";
import { readGemini } from "./gemini-reader";
import { JsonWatch, WatchedPath } from "./json-watch";
import { readMeta, readUsage } from "./usage";

const ID = Slice.of("id");
const MODEL = Slice.of("model");
const USAGE = Slice.of("usage");
const CHOICES = Slice.of("choices");
const FINISH_REASON = Slice.of("finish_reason");
const STATUS = Slice.of("status");
const META = Slice.of("meta");

// In the order of Family.
const WATCHED: StaticArray<StaticArray<WatchedPath>> = [
  [
    new WatchedPath(ID),
    new WatchedPath(MODEL),
    new WatchedPath(STATUS),
    new WatchedPath(CHOICES, FINISH_REASON),
    new WatchedPath(META),
    new WatchedPath(USAGE),
  ],
  [new WatchedPath(ID), new WatchedPath(MODEL), new WatchedPath(Slice.of("stop_reason")), new WatchedPath(USAGE)],
  [
    new WatchedPath(Slice.of("responseId")),
    new WatchedPath(Slice.of("modelVersion")),
    new WatchedPath(Slice.of("candidates"), Slice.of("finishReason")),
    new WatchedPath(Slice.of("usageMetadata")),
  ],
];

const CLOSING_BRACE: u8 = 0x7d;

/** Reads one answer. */
@final
export class WholeAnswer {
  private readonly family: Family;
  private isRead: bool = false;
  private watch: JsonWatch | null = null;

  constructor(private readonly exchange: Exchange) {
    this.family = exchange.wanted.surface.family;
  }

  /** Takes the next bytes. */
  push(chunk: Slice): void {
    const watch = this.watch;
    if (watch) return watch.push(chunk);
    if (!this.isRead && lastByte(chunk) == CLOSING_BRACE && this.read(chunk)) {
      this.isRead = true;
      return;
    }
    const begun = new JsonWatch(WATCHED[this.family]);
    begun.push(chunk);
    this.watch = begun;
  }

  /** At the end: what the watch has found is read like an answer that holds nothing else. */
  finish(): void {
    const watch = this.watch;
    if (!watch) return;
    const tape = this.exchange.scratch.tape;
    const json = new JsonWriter(new Writer());
    json.beginObject();
    for (let i = 0; i < watch.values.length; ++i) {
      const value = watch.values[i];
      if (value.length && !tape.scan(value)) WATCHED[this.family][i].write(json, value);
    }
    json.endObject();
    this.read(json.output.take());
  }

  private read(text: Slice): bool {
    const tape = this.exchange.scratch.tape;
    if (tape.scan(text) || tape.kind(tape.root) != JsonKind.Object) return false;
    const answer = this.exchange.answer;
    if (this.family == Family.Anthropic) readAnthropicMessage(tape, answer);
    else if (this.family == Family.Gemini) readGemini(tape, answer);
    else readOpenAi(tape, answer);
    return true;
  }
}

function readOpenAi(tape: JsonTape, answer: Answer): void {
  const root = tape.root;
  answer.setId(tape.text(tape.find(root, ID)));
  answer.setModel(tape.text(tape.find(root, MODEL)));
  answer.setFinish(tape.text(tape.find(root, STATUS)));
  const choices = tape.find(root, CHOICES);
  for (let choice = tape.first(choices); choice >= 0; choice = tape.next(choice)) {
    answer.setFinish(tape.text(tape.find(choice, FINISH_REASON)));
  }
  readMeta(tape, tape.find(root, META), answer.usage);
  readUsage(tape, tape.find(root, USAGE), answer.usage);
}

function lastByte(chunk: Slice): u8 {
  let last = chunk.length - 1;
  while (last >= 0 && chunk.at(last) <= 0x20) --last;
  return chunk.at(last);
}
