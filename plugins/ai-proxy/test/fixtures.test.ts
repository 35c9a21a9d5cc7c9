// Every fixture, whole and with each body cut at every place, in two and into single bytes.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { SentMessage } from "../../../sdk/host/sent.ts";
import { fields, loadHost, propertiesOf, runFixture, type Cuts } from "./exchange.ts";
import { configuration, fixtures, type Fixture, type Message } from "./fixture.ts";

let plugin: Plugin;
beforeAll(async () => {
  plugin = (await loadHost()).startPlugin({ name: "ai-proxy", configuration });
});

function expectMessage(sent: SentMessage, expected: Message & { without?: string[] }): void {
  const headers = Object.fromEntries(sent.headers ?? []);
  if (expected.method) expect(headers[":method"]).toBe(expected.method);
  if (expected.path) expect(headers[":path"]).toBe(expected.path);
  if (expected.status) expect(headers[":status"]).toBe(String(expected.status));
  expect(headers).toMatchObject(Object.fromEntries(fields(expected)));
  for (const name of expected.without ?? []) expect(headers).not.toHaveProperty([name]);
  if (expected.body !== undefined) expect(sent.text).toBe(expected.body);
  expect(sent.ended).toBe(true);
  expect(sent.reset).toBeNull();
}

function expectFixture(fixture: Fixture, stream: HttpStream): void {
  if (fixture.provider) expectMessage(stream.sentUpstream, fixture.provider);
  if (fixture.provider === null) expect(stream.sentUpstream.headers).toBeNull();
  if (fixture.client) expectMessage(stream.sentDownstream, fixture.client);
  if (fixture.properties) expect(propertiesOf(stream)).toEqual(fixture.properties);
}

function allCuts({ request, answer }: Fixture): Cuts[] {
  const each = (body = ""): number[] => Array.from({ length: Buffer.byteLength(body) }, (_, i) => i);
  const inTwo = (kind: "request" | "answer", body?: string): Cuts[] => each(body).map((cut) => ({ [kind]: [cut] }));
  const single = { request: each(request.body), answer: each(answer?.body) };
  return [...inTwo("request", request.body), ...inTwo("answer", answer?.body), single];
}

describe.each(fixtures)("$name", (fixture) => {
  test("whole", () => expectFixture(fixture, runFixture(plugin, fixture)));

  test("cut anywhere", () => {
    for (const cuts of allCuts(fixture)) expectFixture(fixture, runFixture(plugin, fixture, cuts));
  });
});

test("there are fixtures of every kind", () => {
  const kinds = new Set(fixtures.map(({ name }) => name.split("/")[0]));
  expect([...kinds].sort()).toEqual(["answers", "errors", "refused", "requests", "translated"]);
});
