import OpenAI from "openai";
import type {
  EasyInputMessage,
  Response,
  ResponseInputItem,
  ResponseStreamEvent,
} from "openai/resources/responses/responses";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: "any", maxRetries: 0 });
});
afterAll(() => simulator.close());

type Params = OpenAI.Responses.ResponseCreateParamsNonStreaming;

const basic = { model: "gpt-5", input: "Hello there" };
const weather = {
  type: "function" as const,
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
};
const now = { type: "function" as const, name: "get_time", parameters: { type: "object" }, strict: false };
const tools = [weather, now];
const user = (content: EasyInputMessage["content"]) => ({ role: "user" as const, content });
const ask = (params: Partial<Params>, simulate = ""): Promise<Response> =>
  client.responses.create({ ...basic, ...params }, { headers: { "x-simulate": simulate } });

async function events(params: Partial<Params>, simulate = ""): Promise<ResponseStreamEvent[]> {
  const headers = { "x-simulate": simulate };
  const list: ResponseStreamEvent[] = [];
  for await (const event of await client.responses.create({ ...basic, ...params, stream: true }, { headers })) {
    list.push(event);
  }
  return list;
}

const callsOf = ({ output }: Response) => output.filter((item) => item.type === "function_call");

describe("the simulated Responses API, asked by its own client", () => {
  it("streams what it answers whole, every event with its number", async () => {
    const whole = await ask({});
    const list = await events({});
    expect(list.map((event) => event.sequence_number)).toEqual(list.map((_, index) => index));
    const deltas = list.map((event) => (event.type === "response.output_text.delta" ? event.delta : ""));
    expect(deltas.join("")).toBe(whole.output_text);
    expect([list[0]?.type, list[1]?.type, list.at(-1)?.type]).toEqual([
      "response.created",
      "response.in_progress",
      "response.completed",
    ]);
  });

  it("goes through a loop of calls that it remembers, and ends in words that hold the results", async () => {
    let response = await ask({ input: "Call get_weather and get_time, then get_time", tools });
    for (const names of [["get_weather", "get_time"], ["get_time"]]) {
      const calls = callsOf(response);
      expect(calls.map(({ name }) => name)).toEqual(names);
      expect(calls.at(-1)?.arguments).toBe("{}");
      const input = calls.map(({ call_id }) => ({
        type: "function_call_output" as const,
        call_id,
        output: "blue sky",
      }));
      response = await ask({ previous_response_id: response.id, input, tools });
    }
    expect(response.output_text).toContain("blue sky");
    const ids = await client.responses.inputItems.list(response.id);
    expect(ids.data).toMatchObject([{ type: "function_call_output" }]);
  });

  it("streams a call's arguments in fragments that join", async () => {
    const list = await events({ input: 'Use get_weather {"city":"Łódź"}', tools });
    const deltas = list.map((event) => (event.type === "response.function_call_arguments.delta" ? event.delta : ""));
    expect(JSON.parse(deltas.join(""))).toEqual({ city: "Łódź" });
  });

  it("reasons when asked, gives it encrypted, and takes it back unchanged only", async () => {
    const params = {
      input: "Call get_weather",
      tools,
      store: false,
      reasoning: { effort: "low" as const, summary: "auto" as const },
      include: ["reasoning.encrypted_content" as const],
    };
    const first = await ask(params);
    expect(first.output.map(({ type }) => type)).toEqual(["reasoning", "function_call"]);
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(3);
    const types = (await events(params)).map(({ type }) => type);
    expect(types).toContain("response.reasoning_summary_text.delta");
    const history = first.output as ResponseInputItem[];
    const result = {
      type: "function_call_output" as const,
      call_id: callsOf(first)[0]?.call_id ?? "",
      output: "sunny",
    };
    const input: ResponseInputItem[] = [user("Call get_weather"), ...history, result];
    expect((await ask({ ...params, input })).output_text).toContain("sunny");
    const changed = input.map((item) => ("encrypted_content" in item ? { ...item, encrypted_content: "YWJj" } : item));
    await expect(ask({ ...params, input: changed })).rejects.toMatchObject({ code: "invalid_encrypted_content" });
    const bare = input.map((item) => (item.type === "reasoning" ? { ...item, encrypted_content: null } : item));
    await expect(ask({ ...params, input: bare })).rejects.toMatchObject({ status: 404 });
    const alone = input.filter((item) => !("arguments" in item) && !("output" in item));
    await expect(ask({ ...params, input: alone })).rejects.toThrow("without its required following item");
  });

  it("follows schemas, limits, tool_choice; refuses and filters on demand", async () => {
    const schema = {
      type: "object",
      properties: { n: { type: "integer" } },
      required: ["n"],
      additionalProperties: false,
    };
    const text = { format: { type: "json_schema" as const, name: "n", schema, strict: true } };
    expect((await ask({ text })).output_text).toBe('{"n":1}');
    const plain = { input: "one two three four five six seven eight", max_output_tokens: 16 };
    expect(await ask(plain)).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
    });
    expect(callsOf(await ask({ tools, tool_choice: { type: "function", name: "get_time" } }))).toHaveLength(1);
    expect((await ask({}, "refusal")).output).toMatchObject([{ content: [{ type: "refusal" }] }]);
    expect((await events({}, "refusal")).map(({ type }) => type)).toContain("response.refusal.delta");
    expect((await events({}, "content-filter")).at(-1)).toMatchObject({
      type: "response.incomplete",
      response: { incomplete_details: { reason: "content_filter" } },
    });
    expect((await ask({}, "cached-3")).usage?.input_tokens_details.cached_tokens).toBe(3);
  });

  it("counts tokens as it bills them, and takes no limit there", async () => {
    const counted = await client.responses.inputTokens.count({ ...basic, tools });
    const asked = await ask({ tools });
    expect(counted).toEqual({ object: "response.input_tokens", input_tokens: asked.usage?.input_tokens });
    await expect(
      client.responses.inputTokens.count({ ...basic, max_output_tokens: 16 } as never),
    ).rejects.toMatchObject({ status: 400, param: "max_output_tokens" });
  });

  it("says what image and file arrived", async () => {
    const image = {
      type: "input_image" as const,
      image_url: "data:image/png;base64,iVBORw0KGgo=",
      detail: "auto" as const,
    };
    const file = { type: "input_file" as const, file_url: "https://example.com/a.pdf" };
    const { output_text: text } = await ask({ input: [user([image, file, { type: "input_text", text: "What?" }])] });
    expect(text).toContain("image/png of 8 bytes, file at https://example.com/a.pdf");
  });
});

const call = (id: string) => ({ type: "function_call", call_id: id, name: "f", arguments: "{}" });
const output = (id: string) => ({ type: "function_call_output", call_id: id, output: "ok" });

describe("what it refuses", () => {
  it.each<[string, object, string, string | null]>([
    ["an unknown parameter", { max_tokens: 1 }, "Unknown parameter: 'max_tokens'.", "unknown_parameter"],
    [
      "one in a part",
      { input: [user([{ type: "input_text", text: "a", x: 1 } as never])] },
      "Unknown parameter: 'input[0].content[0].x'.",
      "unknown_parameter",
    ],
    [
      "nothing to answer",
      { input: undefined },
      'One of "input" or "previous_response_id"',
      "missing_required_parameter",
    ],
    [
      "chat's part",
      { input: [user([{ type: "text", text: "a" } as never])] },
      "Invalid value: 'text'. Supported values are: 'input_text'",
      "invalid_value",
    ],
    [
      "a user's part of the assistant's",
      { input: [{ role: "assistant", content: [{ type: "input_text", text: "a" }] }] },
      "Invalid value: 'input_text'. Supported values are: 'output_text', and 'refusal'.",
      "invalid_value",
    ],
    ["chat's tool message", { input: [{ role: "tool", content: "a" }] }, "Invalid value: 'tool'.", "invalid_value"],
    [
      "chat's tool",
      { tools: [{ type: "function", function: { name: "f" } }] },
      "Missing required parameter: 'tools[0].name'.",
      "missing_required_parameter",
    ],
    [
      "a tool's bad name",
      { tools: [{ ...now, name: "a.b" }] },
      "Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.",
      "invalid_value",
    ],
    ["a wrong type", { max_output_tokens: "20" }, "Invalid type for 'max_output_tokens': expected", "invalid_type"],
    [
      "too few tokens",
      { max_output_tokens: 3 },
      "Expected a value >= 16, but got 3 instead.",
      "integer_below_min_value",
    ],
    [
      "a foreign item id",
      { input: [{ ...call("x"), id: "call_1" }, output("x")] },
      "Invalid 'input[0].id': 'call_1'. Expected an ID that begins with 'fc'.",
      "invalid_value",
    ],
    [
      "a long call id",
      { input: [call("x".repeat(65)), output("x")] },
      "string too long. Expected a string with maximum length 64",
      "string_above_max_length",
    ],
    ["a call without output", { input: [user("a"), call("x")] }, "No tool output found for function call x.", null],
    [
      "an output without call",
      { input: [output("y")] },
      "No tool call found for function call output with call_id y.",
      null,
    ],
    [
      "an unknown previous response",
      { previous_response_id: "resp_other" },
      "Previous response with id 'resp_other' not found.",
      "previous_response_not_found",
    ],
    [
      "temperature by a model that reasons",
      { temperature: 0.5 },
      "Unsupported parameter: 'temperature' is not supported with this model.",
      "unsupported_parameter",
    ],
    [
      "effort by one that does not",
      { model: "gpt-4o", reasoning: { effort: "low" } },
      "Unsupported parameter: 'reasoning.effort'",
      "unsupported_parameter",
    ],
    [
      "an open strict schema",
      { tools: [{ ...weather, strict: true }] },
      "In context=(), 'additionalProperties' is required to be supplied and to be false.",
      "invalid_function_parameters",
    ],
    ["JSON mode without the word", { text: { format: { type: "json_object" } } }, "must contain the word 'json'", null],
    [
      "a choice of an unknown tool",
      { tools, tool_choice: { type: "function", name: "g" } },
      "Tool choice 'function' not found in 'tools' parameter.",
      null,
    ],
  ])("%s", async (_, change, message, code) => {
    await expect(ask(change as never)).rejects.toMatchObject({
      status: 400,
      type: "invalid_request_error",
      code,
      message: expect.stringContaining(message),
    });
  });

  it("has faults in OpenAI's envelope, in a stream as its error event", async () => {
    await expect(ask({}, "status-429, retry-after-3")).rejects.toBeInstanceOf(OpenAI.RateLimitError);
    await expect(events({}, "error-mid-stream")).rejects.toThrow("fault");
    await expect(events({}, "malformed-sse")).rejects.toThrow();
    await expect(events({}, "drop-mid-stream")).rejects.toThrow();
  });
});
