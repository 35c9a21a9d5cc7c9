import { expect, test } from "vitest";
import { didYouMean } from "./did-you-mean.ts";
import { formatProblems, sortProblems, type Problem } from "./problem.ts";

const problem: Problem = {
  severity: "error",
  file: "weir.yaml",
  line: 3,
  column: 5,
  path: "providers[0].name",
  value: "x",
  message: "name is wrong",
  fix: "Write another",
};

test("formatProblems() writes a paragraph for each, with color only where it is asked for", () => {
  expect(formatProblems([problem, { ...problem, line: 0, path: "", value: "", fix: "" }], { color: false })).toBe(
    "weir.yaml:3:5 error name is wrong\n  at  providers[0].name: x\n  fix Write another\nweir.yaml error name is wrong\n",
  );
  expect(formatProblems([problem], { color: true })).toContain("\u001b[");
  expect(formatProblems([], { color: true })).toBe("");
});

test("formatProblems() lets no control character through to the terminal", () => {
  const text = formatProblems([{ ...problem, value: "\u001b[2J\r\u202e" }], { color: false });
  expect(text).toContain("\\u001b[2J\\u000d\\u202e");
});

test("sortProblems() goes by place, the worst first", () => {
  const warning: Problem = { ...problem, severity: "warning" };
  const sorted = sortProblems([{ ...warning, line: 4 }, warning, problem, { ...problem, column: 1 }]);
  expect(sorted.map(({ line, column, severity }) => `${line}:${column} ${severity}`)).toEqual([
    "3:1 error",
    "3:5 error",
    "3:5 warning",
    "4:5 warning",
  ]);
});

test.each([
  ["opneai", "openai"],
  ["OpenAI", "openai"],
  ["antrhopic", null],
  ["chat", "chat/completions"],
  ["gro", "groq"],
  ["", null],
  ["x".repeat(1000), null],
])("didYouMean(%.20s) is %s", (word, meant) => {
  expect(didYouMean(word, ["openai", "groq", "grok", "chat/completions"])).toBe(meant);
});
