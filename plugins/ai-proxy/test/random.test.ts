// Random exchanges: hostile ones never trap the plugin, and streams are held against a second, plain implementation.
import { beforeAll, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import { loadHost, openAttempt, requestHeaders, runFixture } from "./exchange.ts";
import { configuration, fixtures } from "./fixture.ts";
import { Random, seed } from "./random.ts";

let plugin: Plugin;
beforeAll(async () => {
  console.log(`WEIR_SEED=${seed}`);
  plugin = (await loadHost()).startPlugin({ configuration });
});

function sendMutated(random: Random): HttpStream {
  const { target, request, answer } = random.pick(fixtures);
  const stream = openAttempt(plugin, target);
  const mutateText = (text: string): string => Buffer.from(random.mutate(Buffer.from(text))).toString("latin1");
  const headers = requestHeaders(request).map(([name, value]): [string, string] => [
    name,
    random.below(8) ? value : mutateText(value),
  ]);
  stream.requestHeaders(headers, { endOfStream: random.below(20) === 0 });
  for (const piece of random.pieces(random.mutate(Buffer.from(request.body ?? "")))) stream.requestBody(piece);
  if (random.below(10) === 0) stream.requestTrailers([["x-end", "1"]]);
  else stream.requestBody("", { endOfStream: true });
  const status = String(random.pick([200, 200, 200, 204, 301, 400, 429, 500, 599]));
  const type = random.pick([
    "application/json",
    "text/event-stream",
    "text/plain",
    answer?.headers?.["content-type"] ?? "",
  ]);
  stream.responseHeaders([
    [":status", status],
    ["content-type", type],
  ]);
  const other = random.pick(fixtures).answer?.body ?? "";
  for (const piece of random.pieces(random.mutate(Buffer.from(random.pick([answer?.body ?? "", other]))))) {
    stream.responseBody(piece);
    if (random.below(200) === 0) stream.disconnect();
  }
  if (random.below(10) === 0) return stream.responseTrailers([["x-end", "1"]]);
  return stream.responseBody("", { endOfStream: true });
}

test("nothing that a client or a provider sends traps the plugin", () => {
  const random = new Random();
  for (let i = 0; i < 5000; i++) {
    sendMutated(random);
    expect(plugin.root().vm.failure, `exchange ${i} of seed ${seed}`).toBeNull();
  }
  const whole = fixtures.find(({ name }) => name === "requests/unchanged");
  expect(runFixture(plugin, whole!).sentUpstream.ended).toBe(true);
});

/** Events as they may stand in a chat stream; the second of a pair is what is to be hidden. */
function randomEvent(random: Random): { lines: string[]; isUsage: boolean } {
  const usage = { prompt_tokens: random.below(100), completion_tokens: random.below(100) };
  const text = random.pick(["Hi", 'a "usage":{"x":1}', "é𝄞", "\n\n", '"choices":[{', ""]);
  const spaced = (value: object): string[] => {
    const json = JSON.stringify(value, null, random.pick([0, 0, 0, 1]));
    return json.split("\n").map((line) => random.pick(["data: ", "data: ", "data:"]) + line);
  };
  switch (random.below(6)) {
    case 0:
      return {
        lines: spaced(
          random.pick([
            { choices: [], usage },
            { usage, choices: [] },
            { id: "1", usage },
          ]),
        ),
        isUsage: true,
      };
    case 1:
      return { lines: [random.pick([": ping", "event: x", "data: [DONE]", "nonsense", "data: {"])], isUsage: false };
    case 2:
      return { lines: spaced({ choices: [{ delta: {}, finish_reason: "stop" }], usage }), isUsage: false };
    case 3:
      return { lines: spaced({ choices: [], usage: null }), isUsage: false };
    default:
      return { lines: spaced({ choices: [{ delta: { content: text } }], usage: null }), isUsage: false };
  }
}

function randomStream(random: Random): { sent: string; expected: string } {
  const eol = random.pick(["\n", "\n", "\r\n", "\r"]);
  const events = Array.from({ length: random.below(12) }, () => randomEvent(random));
  const texts = events.map(({ lines }) => lines.map((line) => line + eol).join("") + eol);
  const done = `data: [DONE]${eol}${eol}`;
  return { sent: texts.join("") + done, expected: texts.filter((_, i) => !events[i]!.isUsage).join("") + done };
}

test("a stream loses its usage events and nothing else, however it is cut", () => {
  const random = new Random();
  for (let i = 0; i < 3000; i++) {
    const { sent, expected } = randomStream(random);
    const hides = random.below(2) === 1;
    const stream = openAttempt(plugin, hides ? "openai" : "old");
    stream.sendRequest(requestHeaders({}), '{"model":"a","stream":true}');
    stream.responseHeaders([
      [":status", "200"],
      ["content-type", "text/event-stream"],
    ]);
    for (const piece of random.pieces(Buffer.from(sent))) stream.responseBody(piece);
    stream.responseBody("", { endOfStream: true });
    expect(stream.sentDownstream.text, `stream ${i} of seed ${seed}`).toBe(hides ? expected : sent);
  }
});
