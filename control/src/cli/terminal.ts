// What the commands say and where: results on stdout, everything else on stderr. Colour only for a terminal that wants
// it; a step that takes over a second is shown, on a terminal and in a log.
import { styleText } from "node:util";
import ora, { type Ora } from "ora";

type Style = Parameters<typeof styleText>[0];

/** Shorter steps pass without a word. */
const shownAfterMs = 1_000;

export class Terminal {
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  #step: { text: string; startedAt: number; timer: NodeJS.Timeout } | null = null;
  #spinner: Ora | null = null;

  constructor(streams: { stdout: NodeJS.WriteStream; stderr: NodeJS.WriteStream } = process) {
    this.#stdout = streams.stdout;
    this.#stderr = streams.stderr;
    // `weir check | head` closes the pipe early, which is no reason to complain.
    this.#stdout.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit(0);
    });
  }

  /** For results: the text as it is, and a line's end. */
  print(text: string): void {
    this.#around(() => this.#stdout.write(`${text}\n`));
  }

  /** For everything that is not the result. */
  note(text: string): void {
    this.#around(() => this.#stderr.write(`${text}\n`));
  }

  error(text: string): void {
    this.note(`${this.paintError("red", "weir:")} ${text}`);
  }

  /** Whether stdout, or stderr, gets colours. */
  hasColor(stream: "stdout" | "stderr"): boolean {
    const { env } = process;
    if (env["NO_COLOR"]) return false;
    if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
    return (stream === "stdout" ? this.#stdout : this.#stderr).isTTY === true && env["TERM"] !== "dumb";
  }

  paint(style: Style, text: string): string {
    return this.hasColor("stdout") ? styleText(style, text, { validateStream: false }) : text;
  }

  paintError(style: Style, text: string): string {
    return this.hasColor("stderr") ? styleText(style, text, { validateStream: false }) : text;
  }

  /** Begins a step and ends the one before it. */
  step(text: string): void {
    this.endSteps();
    const timer = setTimeout(() => this.#show(), shownAfterMs);
    this.#step = { text, startedAt: performance.now(), timer };
  }

  /** The last step is over, well or, with `failed`, badly. */
  endSteps(outcome: "done" | "failed" = "done"): void {
    if (!this.#step) return;
    const { text, startedAt, timer } = this.#step;
    clearTimeout(timer);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    const done = { symbol: this.paintError("green", "✔"), text: `${text}: ${seconds} s` };
    const failed = { symbol: this.paintError("red", "✖"), text };
    this.#spinner?.stopAndPersist(outcome === "done" ? done : failed);
    this.#spinner = null;
    this.#step = null;
  }

  #show(): void {
    if (!this.#step) return;
    // Neither the cursor nor the keyboard is touched: Ctrl-C must work as ever.
    const quiet = { hideCursor: false, discardStdin: false };
    const color = this.hasColor("stderr") ? "cyan" : false;
    // A terminal that does not know its width (some are made by programs) would be cleared line by line for ever.
    const width = this.#stderr.isTTY && !this.#stderr.columns ? { isEnabled: false } : {};
    this.#spinner = ora({ text: this.#step.text, stream: this.#stderr, color, ...quiet, ...width }).start();
  }

  /** Keeps a spinner and other output from writing over each other. */
  #around(write: () => void): void {
    if (this.#spinner?.isSpinning) this.#spinner.clear();
    write();
    if (this.#spinner?.isSpinning) this.#spinner.render();
  }
}
