// Collects the problems of one file and knows where in it they are.
import type { Problem, Severity } from "./problem.ts";
import { problemsMax } from "./limits.ts";
import { formatPath, type Path } from "./path.ts";
import { shownValue } from "./shown-value.ts";
import type { Position, Source, SyntaxProblem } from "./source.ts";

export interface Finding {
  message: string;
  fix: string;
  /** Points at the field's name in place of its value. */
  isAboutKey?: boolean;
}

export class Report {
  readonly #file: string;
  readonly #source: Source;
  readonly #problems: Problem[] = [];
  readonly #broken = new Set<string>();
  readonly #problemsMax: number;
  #omitted = 0;

  constructor(file: string, source: Source, most: number = problemsMax) {
    this.#file = file;
    this.#source = source;
    this.#problemsMax = most;
  }

  /** Also marks the part that `path` is in as broken, see `isBroken`. */
  error(path: Path, finding: Finding): void {
    this.#markBroken(path);
    this.#add("error", path, finding);
  }

  /** An error whose own part alone is left out: what holds it is served without it. */
  leftOut(path: Path, finding: Finding): void {
    this.#add("error", path, finding);
  }

  warning(path: Path, finding: Finding): void {
    this.#add("warning", path, finding);
  }

  info(path: Path, finding: Finding): void {
    this.#add("info", path, finding);
  }

  /** What is wrong with the YAML, at a place of its own. */
  syntax({ severity, path, line, column, message, fix }: SyntaxProblem): void {
    if (severity === "error") this.#markBroken(path);
    this.#push({ severity, file: this.#file, line, column, path: formatPath(path), value: "", message, fix });
  }

  /** Whether an error was reported at this path or anywhere below it. */
  isBroken(path: Path): boolean {
    return this.#broken.has(formatPath(path));
  }

  /** Where that is, in words. */
  placeOf(path: Path): string {
    return this.#source.placeOf(path);
  }

  /** The value as written, before references are followed; undefined where there is none. */
  writtenAt(path: Path): unknown {
    const step = (parent: unknown, name: string | number) =>
      (parent as Record<string | number, unknown> | null)?.[name];
    return path.reduce<unknown>(
      (parent, name) => (parent === undefined ? undefined : step(parent, name)),
      this.#source.root,
    );
  }

  problems(): Problem[] {
    if (this.#omitted === 0) return this.#problems;
    const message = `${this.#omitted} more problems are not shown`;
    const last = { severity: "error", file: this.#file, line: 0, column: 0, path: "", value: "" } as const;
    return [...this.#problems, { ...last, message, fix: "Mend those above first" }];
  }

  #markBroken(path: Path): void {
    for (let length = 0; length <= path.length; length++) this.#broken.add(formatPath(path.slice(0, length)));
  }

  #add(severity: Severity, path: Path, finding: Finding): void {
    const { message, fix, isAboutKey = false } = finding;
    const { line, column }: Position = isAboutKey ? this.#source.keyAt(path) : this.#source.valueAt(path);
    // What is at the path as written, never what a reference stands for.
    const value = isAboutKey ? "" : shownValue(path, this.writtenAt(path));
    this.#push({ severity, file: this.#file, line, column, path: formatPath(path), value, message, fix });
  }

  #push(problem: Problem): void {
    if (this.#problems.length < this.#problemsMax) this.#problems.push(problem);
    else this.#omitted++;
  }
}
