// A client of OpenAI's Responses API at a provider of another dialect: ids are made anew for each answer, and the
// answer repeats its request.
import { beforeAll, expect, test } from "vitest";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, runFixture } from "./exchange.ts";
import { configuration, type Fixture, type Message } from "./fixture.ts";

interface Answer {
  output: { id: string }[];
  metadata: object;
  created_at: number;
}

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ name: "ai-proxy", configuration });
});

function fixture(isStream: boolean, answer: Message): Fixture {
  const body = JSON.stringify({ model: "public", stream: isStream, metadata: { team: "a" }, input: "Hi" });
  return { name: "responses", target: "claude", request: { path: "/v1/responses", body }, answer };
}

const message = {
  ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-sonnet-4-6", stop_reason: "end_turn" },
  ...{ content: [{ type: "text", text: "Hi" }], usage: { input_tokens: 9, output_tokens: 2 } },
};
const json = { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(message) };

function expectAnswer(answer: Answer): void {
  expect(answer.metadata).toEqual({ team: "a" });
  expect(answer.output[0]?.id).toMatch(/^msg_[0-9a-f]{24}_0$/);
}

test("gets a whole answer with ids of its own", () => {
  const [first, second] = [1, 2].map(() => JSON.parse(runFixture(plugin, fixture(false, json)).sentDownstream.text));
  expectAnswer(first as Answer);
  expect((first as Answer).output[0]?.id).not.toBe((second as Answer).output[0]?.id);
});

test("gets a stream with the same", () => {
  const { text } = runFixture(plugin, fixture(true, json)).sentDownstream;
  const last = text.split("\n").findLast((line) => line.startsWith('data: {"type":"response.completed"')) ?? "";
  expectAnswer((JSON.parse(last.slice(6)) as { response: Answer }).response);
});
