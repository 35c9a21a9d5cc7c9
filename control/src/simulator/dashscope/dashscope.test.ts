// DashScope has no client for JavaScript, so it is asked as its documentation says.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;

beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());

const text = "aigc/text-generation/generation";
const multimodal = "aigc/multimodal-generation/generation";
const key = { authorization: "Bearer k" };

interface Answer {
  output: {
    text?: string;
    finish_reason?: string;
    choices?: { finish_reason: string; message: Record<string, unknown> & { tool_calls?: Call[] } }[];
  };
  usage: { input_tokens: number; output_tokens: number };
}

interface Call {
  id: string;
  function: { name: string; arguments: string };
}

function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.url}/api/v1/services/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...key, ...headers },
    body: JSON.stringify(body),
  });
}

const user = (content: unknown) => ({ role: "user", content });
const hello = [user("Hello there")];

async function ask(messages: object[], parameters: object = {}, path = text): Promise<Answer> {
  const response = await post(path, { model: "qwen-plus", input: { messages }, parameters });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Answer;
}

async function stream(messages: object[], parameters: object, simulate = "") {
  const headers = { "x-dashscope-sse": "enable", ...(simulate ? { "x-simulate": simulate } : {}) };
  const response = await post(text, { model: "qwen-plus", input: { messages }, parameters }, headers);
  const body = await response.text();
  return body
    .split("\n\n")
    .filter(Boolean)
    .map((event) => {
      const [, id, name, status, data = "{}"] =
        /^id:(\d+)\nevent:(\w+)\n:HTTP_STATUS\/(\d+)\ndata:(.*)$/.exec(event) ?? [];
      return { id: Number(id), name, status: Number(status), data: JSON.parse(data) as Answer };
    });
}

const tool = (name: string, parameters?: object) => ({ type: "function", function: { name, parameters } });
const tools = [tool("get_weather", { type: "object", properties: { city: { type: "string" } } }), tool("get_time")];
const asMessage = { result_format: "message" };

describe("the simulated DashScope", () => {
  it("answers as text or as a message", async () => {
    const plain = await ask(hello);
    expect(plain.output).toMatchObject({ text: expect.stringContaining("Hello there"), finish_reason: "stop" });
    const { output } = await ask(hello, asMessage);
    expect(output.choices).toMatchObject([{ finish_reason: "stop", message: { content: plain.output.text } }]);
    const prompted = await post(text, { model: "qwen-plus", input: { prompt: "Hello there" } });
    expect(((await prompted.json()) as Answer).output.text).toBe(plain.output.text);
  });

  it("streams what grows, or what is new when asked to", async () => {
    const whole = (await ask(hello)).output.text ?? "";
    const growing = await stream(hello, asMessage);
    expect(growing[1]?.data.output.choices?.[0]?.message["content"]).toBe("This is");
    expect(growing.at(-1)?.data.output.choices).toMatchObject([{ finish_reason: "stop", message: { content: whole } }]);
    const pieces = await stream(hello, { ...asMessage, incremental_output: true });
    expect(pieces.map(({ id }) => id)).toEqual(pieces.map((_, index) => index + 1));
    expect(pieces.map(({ data }) => data.output.choices?.[0]?.message["content"]).join("")).toBe(whole);
    expect(pieces[0]?.data.output.choices?.[0]?.finish_reason).toBe("null");
  });

  it("goes through a loop of calls in parallel and in turn", async () => {
    const messages: object[] = [user("Call get_weather and get_time, then get_time")];
    const parameters = { ...asMessage, tools };
    for (const names of [["get_weather", "get_time"], ["get_time"]]) {
      const choice = (await ask(messages, parameters)).output.choices?.[0];
      const calls = choice?.message.tool_calls ?? [];
      expect(choice?.finish_reason).toBe("tool_calls");
      expect(calls.map((call) => call.function.name)).toEqual(names);
      expect(calls.at(-1)?.function.arguments).toBe("{}");
      messages.push(choice?.message ?? {});
      for (const { id } of calls) messages.push({ role: "tool", tool_call_id: id, content: "blue sky" });
    }
    const last = await ask(messages, parameters);
    expect(last.output.choices?.[0]?.message["content"]).toContain("blue sky");
  });

  it("streams a call in pieces that join", async () => {
    const asked = [user('Use get_weather {"city":"Łódź"}')];
    const events = await stream(asked, { ...asMessage, tools, incremental_output: true });
    const calls = events.flatMap(({ data }) => data.output.choices?.[0]?.message.tool_calls ?? []);
    expect(calls.map((call) => call.function.name).join("")).toBe("get_weather");
    expect(JSON.parse(calls.map((call) => call.function.arguments).join(""))).toEqual({ city: "Łódź" });
    const growing = await stream(asked, { ...asMessage, tools });
    expect(growing.at(-1)?.data.output.choices?.[0]?.message.tool_calls).toMatchObject([
      { function: { arguments: '{"city":"Łódź"}' } },
    ]);
  });

  it("thinks when asked, follows a schema and limits, says what image arrived, filters on demand", async () => {
    const thinking = { ...asMessage, incremental_output: true, enable_thinking: true };
    const thoughts = (await stream(hello, thinking)).map(({ data }) => {
      return data.output.choices?.[0]?.message["reasoning_content"] ?? "";
    });
    expect(thoughts.join("")).toContain("Hello there");
    const schema = { name: "n", schema: { type: "object", properties: { n: { type: "integer" } } } };
    const json = { response_format: { type: "json_schema", json_schema: schema } };
    expect((await ask(hello, json)).output.text).toBe('{"n":1}');
    expect((await ask(hello, { max_tokens: 2 })).output.finish_reason).toBe("length");
    expect((await ask(hello, { stop: ["no model"] })).output.text).toBe("This is a simulated answer: ");
    const parts = [{ image: "data:image/png;base64,iVBORw0KGgo=" }, { text: "What?" }];
    const { output } = await ask([user(parts)], {}, multimodal);
    expect(output.choices?.[0]?.message["content"]).toMatchObject([
      { text: expect.stringContaining("image/png of 8 bytes") },
    ]);
    const body = { model: "m", input: { messages: hello } };
    const filtered = await post(text, body, { "x-simulate": "content-filter" });
    expect([filtered.status, await filtered.json()]).toMatchObject([400, { code: "DataInspectionFailed" }]);
  });

  it("embeds and ranks", async () => {
    const body = { model: "text-embedding-v4", input: { texts: ["a", "b"] }, parameters: { dimension: 64 } };
    const embedded = await post("embeddings/text-embedding/text-embedding", body);
    expect(await embedded.json()).toMatchObject({
      output: { embeddings: [{ text_index: 0, embedding: { length: 64 } }, { text_index: 1 }] },
      usage: { total_tokens: 2 },
    });
    const ranking = {
      model: "gte-rerank-v2",
      input: { query: "red fox", documents: ["dog", "the red fox"] },
      parameters: { top_n: 1, return_documents: true },
    };
    const ranked = await post("rerank/text-rerank/text-rerank", ranking);
    expect(await ranked.json()).toMatchObject({
      output: { results: [{ index: 1, relevance_score: 1, document: { text: "the red fox" } }] },
    });
  });
});

const call = (args: string) => ({
  role: "assistant",
  content: "",
  tool_calls: [{ id: "x", type: "function", function: { name: "f", arguments: args } }],
});

describe("what it refuses", () => {
  it.each<[string, object[], object, string]>([
    ["an unknown field", [{ ...user("a"), x: 1 }], {}, "Extra inputs are not permitted: input.messages.0.x"],
    ["an unknown parameter", hello, { max_completion_tokens: 1 }, "parameters.max_completion_tokens"],
    [
      "parts where there is text only",
      [user([{ text: "a" }])],
      {},
      "Input should be a valid string: input.messages.0.content",
    ],
    ["OpenAI's developer", [{ role: "developer", content: "a" }], {}, "input.messages.0.role"],
    [
      "a result without call",
      [user("a"), { role: "tool", tool_call_id: "y", content: "b" }],
      {},
      'messages with role "tool" must be a response',
    ],
    ["a call without result", [user("a"), call("{}"), user("b")], {}, "did not have response messages: x"],
    [
      "arguments that are no JSON",
      [user("a"), call("{"), { role: "tool", tool_call_id: "x", content: "b" }],
      {},
      "must be in JSON format",
    ],
    ["thinking without a stream", hello, { enable_thinking: true }, "must be set to false for non-streaming calls"],
    ["tools with the format text", hello, { tools }, 'result_format parameter must be "message"'],
    ["OpenAI's required", hello, { ...asMessage, tools, tool_choice: "required" }, "parameters.tool_choice"],
    ["JSON mode without the word", hello, { response_format: { type: "json_object" } }, "must contain the word 'json'"],
    ["a temperature of 2", hello, { temperature: 2 }, "parameters.temperature"],
  ])("%s", async (_, messages, parameters, message) => {
    const response = await post(text, { model: "qwen-plus", input: { messages }, parameters });
    expect([response.status, await response.json()]).toEqual([
      400,
      { code: "InvalidParameter", message: expect.stringContaining(message), request_id: expect.any(String) },
    ]);
  });

  it("no key, a path of no service, more texts than it takes", async () => {
    const none = await post(text, { model: "m" }, { authorization: "" });
    expect([none.status, await none.json()]).toMatchObject([401, { code: "InvalidApiKey" }]);
    expect((await post("aigc/other", {})).status).toBe(404);
    const texts = Array.from({ length: 11 }, () => "a");
    const many = await post("embeddings/text-embedding/text-embedding", { model: "m", input: { texts } });
    expect(await many.json()).toMatchObject({ message: expect.stringContaining("should not be larger than 10") });
  });

  it("has faults in its own envelope, in a stream as an error event", async () => {
    const limited = await post(text, { model: "m" }, { "x-simulate": "status-429" });
    expect([limited.status, await limited.json()]).toMatchObject([429, { code: "Throttling.RateQuota" }]);
    const broken = await stream(hello, asMessage, "error-mid-stream");
    expect(broken.at(-1)).toMatchObject({ name: "error", status: 503, data: { code: "ServiceUnavailable" } });
  });
});
