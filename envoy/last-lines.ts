// Splits a stream of text into lines and remembers the last few.

const linesMax = 12;
/** Envoy prints whole configurations in some errors. */
const lineCharactersMax = 2_000;

export class LastLines {
  readonly #lines: string[] = [];
  #rest = "";

  /** Returns the lines that `text` completes. */
  push(text: string): string[] {
    const parts = (this.#rest + text).split("\n");
    this.#rest = (parts.pop() ?? "").slice(0, lineCharactersMax);
    const lines = parts.filter((line) => line.trim() !== "").map((line) => line.slice(0, lineCharactersMax));
    this.#lines.push(...lines);
    this.#lines.splice(0, this.#lines.length - linesMax);
    return lines;
  }

  get list(): string[] {
    return this.#rest.trim() === "" ? [...this.#lines] : [...this.#lines, this.#rest];
  }

  clear(): void {
    this.#lines.length = 0;
    this.#rest = "";
  }
}
