// Writes a log as Envoy does: appends lines to a file that it keeps open, opens a new one only when it is told to and
// has something to write, and when it is killed leaves whatever part of a line the system has taken.
import { closeSync, openSync, writeSync } from "node:fs";
import { line } from "./lines.ts";

export class LogWriter {
  readonly #path: string;
  readonly #firstId: string;
  #file: number | null;
  #mustReopen = false;
  #count = 0;

  constructor(path: string, firstId: string) {
    this.#path = path;
    this.#firstId = firstId;
    this.#file = openSync(path, "a");
  }

  get count(): number {
    return this.#count;
  }

  write(lines: number, given: Record<string, unknown> = {}): void {
    for (let i = 0; i < lines; i++) this.#append(`${this.#next(given)}\n`);
  }

  reopen(): void {
    this.#mustReopen = true;
  }

  /** Dies in the middle of a line, which is lost, and is started again. */
  dieWithin(): void {
    const whole = line(`${this.#firstId}-lost-${this.#count}`);
    this.#append(whole.slice(0, 1 + (this.#count % (whole.length - 1))));
    this.close();
    this.#file = openSync(this.#path, "a");
    this.#mustReopen = false;
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }

  #next(given: Record<string, unknown>): string {
    return line(`${this.#firstId}-${this.#count++}`, given);
  }

  #append(text: string): void {
    if (this.#mustReopen) {
      this.close();
      this.#file = openSync(this.#path, "a");
      this.#mustReopen = false;
    }
    writeSync(this.#file!, text);
  }
}
