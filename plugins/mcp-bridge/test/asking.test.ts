// What servers ask of clients before they answer: questions of the configuration, and arguments that a call lacks.
import { beforeAll, describe, expect, test } from "vitest";
import type { HttpStream } from "../../../sdk/host/http-stream.ts";
import type { Plugin } from "../../../sdk/host/plugin.ts";
import type { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { call, metaKey, modern, replyOf, sendBody, startHost, textOf, tool } from "./bridge.ts";

const question = (name: string, field: object, more: object = {}) => ({
  name,
  method: "elicitation/create",
  params: {
    message: `Which ${name} for {{.args.city}}?`,
    requestedSchema: { type: "object", properties: { value: field }, required: ["value"] },
  },
  ...more,
});

let plugin: Plugin;
let host: WasmHost;
beforeAll(async () => {
  ({ host, plugin } = await startHost(
    {
      stateKey: "fake-state-key",
      tools: [
        tool(
          "book",
          { city: { type: "string" } },
          {
            inputRequests: [
              question("day", { type: "integer", minimum: 1 }),
              { name: "folders", method: "roots/list", params: {}, optional: true },
              question("seat", { type: "string" }, { round: 2 }),
            ],
            responseTemplate: {
              body: "{{.args.city}} {{.input.day.value}} {{.input.seat.value}} {{len .input.folders.roots}}",
            },
          },
        ),
        tool(
          "find",
          { city: { type: "string", minLength: 2, required: true }, days: { type: "array", required: true } },
          { askForMissing: true, responseTemplate: { body: "{{.args.city}} {{len .args.days}}" } },
        ),
      ],
      prompts: [
        {
          definition: { name: "ask" },
          inputSchema: { type: "object", properties: {} },
          args: [],
          inputRequests: [question("tone", { type: "string" })],
          messages: [{ role: "user", content: { type: "text", text: "{{.input.tone.value}}" } }],
        },
      ],
    },
    { name: "other", stateKey: "another-key", tools: [] },
  ));
});

const all = { elicitation: {}, roots: {}, sampling: {} };

function ask(name: string, params: any = {}, capabilities: object = all): any {
  const _meta = { [`${metaKey}clientCapabilities`]: capabilities };
  return replyOf(modern(plugin, "tools/call", { name, _meta, arguments: { city: "Rome" }, ...params })).body;
}

const accept = (content: object) => ({ action: "accept", content });

describe("questions", () => {
  test("are asked round by round, and all answers count at the end", () => {
    const { result: first } = ask("book");
    expect(first.resultType).toBe("input_required");
    expect(Object.keys(first.inputRequests)).toEqual(["day", "folders"]);
    expect(first.inputRequests.day.params.message).toBe("Which day for Rome?");
    const inputResponses = { day: accept({ value: 2 }), folders: { roots: [{ uri: "file:///a" }] } };
    const { result: second } = ask("book", { inputResponses, requestState: first.requestState });
    expect(Object.keys(second.inputRequests)).toEqual(["seat"]);
    const last = { inputResponses: { seat: accept({ value: "4A" }) }, requestState: second.requestState };
    expect(textOf(ask("book", last).result)).toBe("Rome 2 4A 1");
  });

  test.each([
    ["none", {}],
    ["a number", { day: 7 }],
    ["no action", { day: { content: { value: 2 } } }],
    ["nothing filled in", { day: { action: "accept" } }],
    ["a value that does not fit", { day: accept({ value: 0 }) }],
    ["another name", { other: accept({ value: 2 }) }],
  ])("are asked again where the response is %s", (_name, inputResponses) => {
    const { result } = ask("book", { inputResponses });
    expect(Object.keys(result.inputRequests)).toContain("day");
  });

  test("that are declined end the call, unless they are optional", () => {
    const declined = ask("book", { inputResponses: { day: { action: "decline" } } }).result;
    expect(declined).toMatchObject({ isError: true, resultType: "complete" });
    expect(textOf(declined)).toContain("declined: day");
  });

  test("are left out where they are optional and the client cannot", () => {
    const { result } = ask("book", {}, { elicitation: {} });
    expect(Object.keys(result.inputRequests)).toEqual(["day"]);
    const refused = ask("book", {}, { roots: {} });
    expect(refused.error).toMatchObject({ code: -32021, data: { requiredCapabilities: { elicitation: {} } } });
  });

  test("come before prompts too", () => {
    const _meta = { [`${metaKey}clientCapabilities`]: all };
    const get = (more: object) => replyOf(modern(plugin, "prompts/get", { name: "ask", _meta, ...more })).body;
    expect(get({}).result.resultType).toBe("input_required");
    const { result } = get({ inputResponses: { tone: accept({ value: "dry" }) } });
    expect(result.messages[0].content.text).toBe("dry");
    expect(get({ inputResponses: { tone: { action: "cancel" } } }).error).toMatchObject({ code: -32602 });
  });

  test("cannot be asked of clients of the first era", () => {
    const { result } = replyOf(call(plugin, "book", { city: "Rome" })).body;
    expect(result.isError).toBe(true);
    expect(textOf(result)).toContain("2026-07-28");
  });
});

describe("the state between rounds", () => {
  const begin = (): string => ask("book").result.requestState;

  test("holds for the same request alone", () => {
    const requestState = begin();
    expect(ask("book", { requestState }).result.resultType).toBe("input_required");
    expect(ask("book", { requestState, arguments: { city: "Oslo" } }).error).toMatchObject({ code: -32602 });
    expect(ask("find", { requestState, arguments: { city: "Rome", days: [] } }).error).toMatchObject({ code: -32602 });
  });

  test("does not outlive its time", async () => {
    const requestState = begin();
    host.clock.advance(31 * 60_000);
    expect(ask("book", { requestState }).error).toMatchObject({ code: -32602 });
  });

  test("is refused when a single character of it is another", () => {
    const state = begin();
    for (let i = 0; i < state.length; i += 7) {
      const changed = state.slice(0, i) + (state[i] === "A" ? "B" : "A") + state.slice(i + 1);
      expect(ask("book", { requestState: changed }).error, changed).toMatchObject({ code: -32602 });
    }
    for (const odd of ["", ".", "a.b", 7, {}, `${state}A`, state.slice(0, -1)]) {
      expect(ask("book", { requestState: odd }).error).toMatchObject({ code: -32602 });
    }
  });

  test("belongs to who has begun", () => {
    const as = (consumer: string, params: object): HttpStream =>
      modern(plugin, "tools/call", params, { properties: { "weir.consumer": consumer } });
    const _meta = { [`${metaKey}clientCapabilities`]: all };
    const params = { name: "book", arguments: { city: "Rome" }, _meta };
    const { requestState } = replyOf(as("ada", params)).body.result;
    expect(replyOf(as("ada", { ...params, requestState })).body.result).toBeDefined();
    expect(replyOf(as("eve", { ...params, requestState })).body.error).toMatchObject({ code: -32602 });
  });
});

describe("arguments that a call lacks", () => {
  test("are asked for by a form", () => {
    const { result } = ask("find", { arguments: { days: [1] } });
    const { method, params } = result.inputRequests.arguments;
    expect(method).toBe("elicitation/create");
    expect(params.message).toBe("find needs: city");
    expect(params.requestedSchema).toEqual({
      type: "object",
      properties: { city: { type: "string", minLength: 2, required: true } },
      required: ["city"],
    });
    const inputResponses = { arguments: accept({ city: "Oslo" }) };
    const { requestState } = result;
    expect(textOf(ask("find", { arguments: { days: [1] }, inputResponses, requestState }).result)).toBe("Oslo 1");
  });

  test("are checked like any other", () => {
    const inputResponses = { arguments: accept({ city: "O" }) };
    const { result } = ask("find", { arguments: { days: [] }, inputResponses });
    expect(textOf(result)).toBe("Invalid arguments: city is too short");
  });

  test("are told to the model where no form can hold them, or the client can show none", () => {
    expect(textOf(ask("find").result)).toBe("Invalid arguments: days is required");
    expect(textOf(ask("find", { arguments: { days: [] } }, {}).result)).toBe("Invalid arguments: city is required");
    expect(textOf(replyOf(call(plugin, "find", { days: [] })).body.result)).toBe("Invalid arguments: city is required");
    const declined = { arguments: { days: [] }, inputResponses: { arguments: { action: "decline" } } };
    expect(textOf(ask("find", declined).result)).toContain("declined");
  });
});

test("no body of a round makes the plugin stumble", () => {
  const bodies = [
    '{"inputResponses":[],"requestState":null}',
    '{"inputResponses":{"day":{"action":{}}}}',
    '{"inputResponses":{"day":{"action":"accept","content":[]}}}',
    '{"_meta":[],"inputResponses":{}}',
  ];
  for (const params of bodies) {
    const body = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
    expect(replyOf(sendBody(plugin, body)).status).toBeLessThan(500);
  }
});
