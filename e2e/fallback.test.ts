// The table of faults on a real Envoy: whatever goes wrong at a target before the client has seen anything of its
// answer, the next one answers; what comes too late is never taken for a whole answer. FAULT=<text> runs some rows.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  expectedAttempts,
  faults,
  modelOf,
  modes,
  positions,
  tableConfiguration,
  type Fault,
  type Mode,
  type Position,
} from "./fallback/fault-table.ts";
import type { ReceivedRequest } from "../control/src/simulator/simulator.ts";
import { startGateway, type Gateway } from "./gateway.ts";
import { send, type HttpAnswer } from "./http-client.ts";

let gateway: Gateway;
const seen = new Map<string, string>();

beforeAll(async () => {
  gateway = await startGateway(tableConfiguration(), { E2E_KEY: "fake-key" });
});
afterAll(async () => {
  await gateway?.stop();
  console.log(formatTable());
});

function ask(fault: Fault, mode: Mode, position: Position): Promise<HttpAnswer> {
  const json = {
    model: modelOf(fault, mode, position),
    stream: mode === "stream",
    messages: [{ role: "user", content: "Hello" }],
  };
  return send(gateway.url, { path: "/v1/chat/completions", json });
}

/** Whether a client takes it for an answer that is there from beginning to end. */
function isWhole({ status, complete, json, text }: HttpAnswer, mode: Mode): boolean {
  const isEnded = mode === "stream" ? text.endsWith("data: [DONE]\n\n") : hasContent(json);
  return status === 200 && complete && isEnded && !text.includes('"error"');
}

function hasContent(json: unknown): boolean {
  const { choices } = (json ?? {}) as { choices?: { message?: { content?: unknown } }[] };
  return typeof choices?.[0]?.message?.content === "string";
}

function summary(answer: HttpAnswer, mode: Mode): string {
  const { "x-weir-target": target, "x-weir-attempts": attempts } = answer.headers;
  const whole = isWhole(answer, mode) ? "" : answer.status === 200 ? " cut" : " error";
  const name = String(target ?? "-").replace(/^fault-.*/, "fault");
  return `${answer.status}${whole} by ${name}, ${attempts ?? "?"} of 3`;
}

function check(answer: HttpAnswer, fault: Fault, mode: Mode, position: Position): void {
  const outcome = fault.outcome[mode];
  const { attempts, servedBy } = expectedAttempts(outcome, position);
  if (servedBy !== "") expect(answer.headers["x-weir-attempts"]).toBe(String(attempts));
  if (outcome === "cut") {
    expect(answer.status).toBe(200);
    expect(isWhole(answer, mode)).toBe(false);
    return;
  }
  if (outcome === "passed" || position !== "last") {
    expect(answer.headers["x-weir-target"]).toMatch(new RegExp(`^${servedBy}`));
    const isError = fault.simulated?.startsWith("status-4") && outcome === "passed";
    if (isError) expect(answer).toMatchObject({ status: Number(fault.simulated?.slice(7)), complete: true });
    else expect(isWhole(answer, mode)).toBe(true);
    return;
  }
  // Every target has failed: an error in the client's format, whole, and never an answer that looks good.
  expect(answer.complete).toBe(true);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.json).toMatchObject({ error: { message: expect.any(String) } });
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
}

const wanted = faults.filter(({ name }) => name.includes(process.env["FAULT"] ?? ""));

describe.each(wanted)("$name", (fault) => {
  test.each(modes)("%s", async (mode) => {
    for (const position of positions) {
      const before = gateway.simulator.requests.length;
      const answer = await ask(fault, mode, position);
      seen.set(modelOf(fault, mode, position), summary(answer, mode));
      check(answer, fault, mode, position);
      expectOrder(gateway.simulator.requests.slice(before), position);
    }
  });
});

/** Each provider is asked once, those before the faulty one first. */
function expectOrder(requests: ReceivedRequest[], position: Position): void {
  const asked = requests.map(({ path }) => path.split("/")[1] ?? "");
  expect(new Set(asked).size).toBe(asked.length);
  const before = { first: [], middle: ["bad"], last: ["bad", "worse"] }[position];
  expect(asked.slice(0, before.length)).toEqual(before);
}

/** A row for each fault and mode, a column for each position. */
function formatTable(): string {
  const rows = wanted.flatMap((fault) =>
    modes.map((mode) => [fault.name, mode, ...positions.map((at) => seen.get(modelOf(fault, mode, at)) ?? "")]),
  );
  const all = [["FAULT", "ANSWER", "FIRST", "MIDDLE", "LAST"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((cells) => cells[column]!.length)));
  return all.map((cells) => cells.map((cell, i) => cell.padEnd(widths[i]!)).join("  ")).join("\n");
}
