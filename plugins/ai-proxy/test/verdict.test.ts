// What is an answer and what is not, wherever its chunks are cut.
import { beforeEach, describe, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { chat, completion, configuration, json, piece, plan, stream } from "./planned-messages.ts";
import { type PlannedAnswer, runPlan, stateOf } from "./planned.ts";
import { Random, seed } from "./random.ts";
import { type Case, cases } from "./verdict-cases.ts";

let plugin: Plugin;
beforeEach(async () => {
  const host = await WasmHost.load(await buildPlugin("ai-proxy"));
  plugin = host.startPlugin({ configuration: configuration() });
});

function run({ targets, request, first, second, wishes }: Case, cuts?: number[]) {
  const answers = [cuts ? { ...first, cuts } : first, ...(second ? [cuts ? { ...second, cuts } : second] : [])];
  return runPlan(plugin, { ...plan(...targets), ...wishes }, request, answers);
}

describe("the verdict", () => {
  test.each(Object.entries(cases))("%s", (_name, each) => {
    const { log, last, attempts } = run(each);
    expect(log).toEqual(each.log);
    if (each.second && each.second.body?.includes("Hi from b")) expect(last.sentDownstream.text).toContain("Hi from b");
    if (each.second) expect(attempts[0]!.sentDownstream.text).not.toContain("Hi from b");
    expect(last.sentDownstream.header("x-weir-target")).toBe(each.log.at(-1)!.split(" ")[0]);
    expect(last.sentDownstream.header("x-weir-attempts")).toBe(String(each.log.length));
    expect(last.sentDownstream.header("x-weir-retry")).toBeUndefined();
  });

  test("is the same, and so are the bytes, wherever chunks are cut", () => {
    console.log(`WEIR_SEED=${seed}`);
    const random = new Random();
    // Ids that are made here are random.
    const shown = (text: string): string => text.replaceAll(/[0-9a-f]{24}/g, "id");
    for (const [name, each] of Object.entries(cases)) {
      const whole = run(each);
      const size = Math.max(Buffer.byteLength(each.first.body ?? ""), Buffer.byteLength(each.second?.body ?? ""));
      for (let i = 0; i < 20; i++) {
        const step = 1 + random.below(i % 2 ? 9 : size + 1);
        const cuts = Array.from({ length: Math.ceil(size / step) }, (_, k) => (k + 1) * step);
        const { log, last } = run(each, cuts);
        expect(log, `${name}, cut by ${step}`).toEqual(whole.log);
        expect(shown(last.sentDownstream.text), `${name}, cut by ${step}`).toBe(shown(whole.last.sentDownstream.text));
        expect(last.sentDownstream.headers?.length).toBe(whole.last.sentDownstream.headers?.length);
      }
    }
  }, 120_000);

  test("lets a stream pass at its first token, and the rest of it at once", () => {
    const [first, second, third] = [piece({ role: "assistant" }), piece({ content: "H" }), piece({ content: "i" })].map(
      (each) => `data: ${JSON.stringify(each)}\n\n`,
    );
    const { last } = runPlan(plugin, plan("a", "b"), chat({ ...stream, stream_options: { include_usage: true } }), []);
    last.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    last.responseBody(first!);
    expect(last.sentDownstream.headers).toBeNull();
    last.responseBody(second!);
    expect(last.sentDownstream.text).toBe(first! + second!);
    last.responseBody(third!);
    expect(last.sentDownstream.text).toBe(first! + second! + third!);
  });

  test("holds the last target's answer as well: no client gets an error in a 200", () => {
    const { last } = runPlan(plugin, plan("b"), chat(stream), []);
    last.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    expect(last.sentDownstream.headers).toBeNull();
    last.responseBody('data: {"error":{"message":"Overloaded"}}\n\n', { endOfStream: true });
    expect(last.sentDownstream.header(":status")).toBe("502");
    expect(last.sentDownstream.header("content-type")).toBe("application/json");
    expect(JSON.parse(last.sentDownstream.text)).toMatchObject({ error: { message: "Overloaded" } });
  });

  test("lets what is too long to be an error pass unjudged", () => {
    const body = JSON.stringify({ ...completion({ content: "x".repeat(3_000_000) }) });
    const cuts = Array.from({ length: 50 }, (_, i) => (i + 1) * 120_000);
    const { log, last } = runPlan(plugin, plan("a", "b"), chat(), [{ ...json(body), cuts }]);
    expect(log).toEqual(["a 200"]);
    expect(last.sentDownstream.text).toBe(body);
  });
});

test("a stream that fails behind its first token says so to the client, the log and the plugin before", () => {
  for (const [name, failure] of [
    ["a stream cut behind its first token", "cut"],
    ["a stream with an error behind its first token", "error"],
  ]) {
    const { last, state } = run(cases[name!]!);
    expect(last.sentDownstream.text).toMatch(/"error":\{"message":/);
    expect(last.sentDownstream.text).not.toContain("[DONE]");
    expect(last.sentDownstream.trailers).toEqual([["x-weir-failure", failure]]);
    expect(stateOf(state, "failure")).toBe(failure);
  }
});

test("nothing that providers send on the way of a plan traps the plugin", () => {
  const random = new Random();
  const all = Object.values(cases);
  for (let i = 0; i < 1500; i++) {
    const { targets, request, first, second, wishes } = random.pick(all);
    const other = random.pick(all);
    const mutate = (answer: PlannedAnswer): PlannedAnswer => ({
      ...answer,
      ...(answer.body !== undefined && {
        body: Buffer.from(random.mutate(Buffer.from(answer.body))).toString("latin1"),
      }),
      headers: random.pick([answer.headers ?? {}, other.first.headers ?? {}]),
      cuts: Array.from({ length: 60 }, (_, k) => (k + 1) * (1 + random.below(40))).sort((x, y) => x - y),
    });
    runPlan(
      plugin,
      { ...plan(...targets), ...wishes },
      request,
      [first, second ?? other.first, other.first].map(mutate),
    );
    expect(plugin.root().vm.failure, `exchange ${i} of seed ${seed}`).toBeNull();
  }
  expect(run(cases["a status of the list"]!).log).toEqual(["a 503 status", "b 200"]);
}, 120_000);
