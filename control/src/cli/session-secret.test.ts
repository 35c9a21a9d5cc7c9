import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { keptSessionSecret } from "./session-secret.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("is made once, and read by its owner alone", () => {
  const state = join(folder, "state");
  const made = keptSessionSecret(state).reveal();
  expect(made).toMatch(/^[0-9a-f]{64}$/);
  expect(keptSessionSecret(state).reveal()).toBe(made);
  expect(readFileSync(join(state, "mcp-session.key"), "utf8")).toBe(made);
  expect(statSync(join(state, "mcp-session.key")).mode & 0o777).toBe(0o600);
});

test("lasts as long as the process where it cannot be kept", () => {
  const place = join(folder, "no-folder");
  writeFileSync(place, "");
  expect(keptSessionSecret(place).reveal()).toMatch(/^[0-9a-f]{64}$/);
  expect(keptSessionSecret(place).reveal()).not.toBe(keptSessionSecret(place).reveal());
});
