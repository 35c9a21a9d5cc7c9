import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Terminal } from "./terminal.ts";

let terminal: Terminal;
let said: { stdout: string; stderr: string };

/** Streams that are no terminal, as under a supervisor or in a pipe. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  said = { stdout: "", stderr: "" };
  const stream = (name: "stdout" | "stderr"): NodeJS.WriteStream =>
    new PassThrough().on("data", (bytes: Buffer) => (said[name] += bytes.toString())) as never;
  terminal = new Terminal({ stdout: stream("stdout"), stderr: stream("stderr") });
});
afterEach(() => vi.useRealTimers());

describe("Terminal", () => {
  it("passes over a short step without a word", () => {
    terminal.step("Compiling");
    vi.advanceTimersByTime(900);
    terminal.endSteps();
    expect(said).toEqual({ stdout: "", stderr: "" });
  });

  it("shows a step that takes over a second while it lasts, on stderr", () => {
    terminal.step("Fetching");
    vi.advanceTimersByTime(1_100);
    expect(said.stderr).toContain("Fetching");
    vi.advanceTimersByTime(2_000);
    terminal.endSteps();
    expect(said.stderr).toMatch(/Fetching: 3 s/);
    expect(said.stdout).toBe("");
  });

  it("ends a step when the next begins", () => {
    terminal.step("First");
    vi.advanceTimersByTime(1_500);
    terminal.step("Second");
    expect(said.stderr).toMatch(/First: 2 s/);
    terminal.endSteps();
    expect(said.stderr).not.toContain("Second");
  });

  it("marks the step that failed", () => {
    terminal.step("Fetching");
    vi.advanceTimersByTime(1_500);
    terminal.endSteps("failed");
    expect(said.stderr).toMatch(/Fetching\n$/);
    expect(said.stderr).not.toMatch(/Fetching: /);
  });

  it("survives a terminal that does not know its width", () => {
    const written: string[] = [];
    const stream = new PassThrough().on("data", (bytes: Buffer) => written.push(bytes.toString()));
    const stderr = Object.assign(stream, { isTTY: true, columns: 0 }) as never;
    const narrow = new Terminal({ stdout: stderr, stderr });
    narrow.step("Fetching");
    vi.advanceTimersByTime(1_100);
    narrow.note("note");
    vi.advanceTimersByTime(1_000);
    narrow.endSteps();
    expect(written.join("")).toMatch(/Fetching\nnote\n.*Fetching: 2 s/);
  });

  it("keeps results on stdout and everything else on stderr", () => {
    terminal.print("result");
    terminal.note("note");
    terminal.error("complaint");
    expect(said).toEqual({ stdout: "result\n", stderr: "note\nweir: complaint\n" });
  });
});
