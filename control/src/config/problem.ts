// A mistake in a configuration as its author should read it: where it is, what was found, why it is wrong and how to
// mend it. Values that are or may be secret never get in here.
import { styleText } from "node:util";

/** `error`: the part is left out. `warning`: it is served, though likely not as meant. `info`: nothing is wrong. */
export type Severity = "error" | "warning" | "info";

export interface Problem {
  severity: Severity;
  file: string;
  /** From 1; 0 where the problem is the whole file's. */
  line: number;
  column: number;
  /** `providers[0].apiKey`; empty for the whole file. */
  path: string;
  /** As written in the file; redacted where it may be a secret, empty where there is none. */
  value: string;
  message: string;
  fix: string;
}

const ranks: Record<Severity, number> = { error: 0, warning: 1, info: 2 };
const colors = { error: "red", warning: "yellow", info: "cyan" } as const;

/** By line and column; at one place the worst comes first. */
export function sortProblems(problems: Problem[]): Problem[] {
  return [...problems].sort((a, b) => a.line - b.line || a.column - b.column || ranks[a.severity] - ranks[b.severity]);
}

export function hasErrors(problems: Problem[]): boolean {
  return problems.some((problem) => problem.severity === "error");
}

/** All problems as text for a terminal, one paragraph each, ending in a newline; empty for none. */
export function formatProblems(problems: Problem[], options: { color: boolean }): string {
  return problems.map((problem) => formatProblem(problem, options)).join("");
}

function formatProblem(problem: Problem, options: { color: boolean }): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    options.color ? styleText(style, text, { validateStream: false }) : text;
  const place = problem.line === 0 ? problem.file : `${problem.file}:${problem.line}:${problem.column}`;
  const severity = paint(["bold", colors[problem.severity]], problem.severity);
  const found = problem.value === "" ? problem.path : `${problem.path}: ${problem.value}`;
  const lines = [`${paint("bold", place)} ${severity} ${printable(problem.message)}`];
  if (found !== "") lines.push(`  ${paint("dim", "at ")} ${printable(found)}`);
  if (problem.fix !== "") lines.push(`  ${paint("dim", "fix")} ${printable(problem.fix)}`);
  return `${lines.join("\n")}\n`;
}

/** Control characters from a file must not reach a terminal: they could rewrite what it shows. */
const unprintable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\p{Surrogate}]/gu;

function printable(text: string): string {
  return text.replace(unprintable, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
