import { Ollama, type ChatRequest, type ChatResponse } from "ollama";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
let client: Ollama;
let faults = "";

beforeAll(async () => {
  simulator = await startSimulator();
  const withFaults: typeof fetch = (url, init) => {
    const headers = new Headers(init?.headers);
    if (faults) headers.set("x-simulate", faults);
    return fetch(url, { ...init, headers });
  };
  client = new Ollama({ host: simulator.url, fetch: withFaults });
});
afterAll(() => simulator.close());
beforeEach(() => void (faults = ""));

const user = (content: string) => ({ role: "user", content });
// Frozen, since the client writes into what it is given.
const basic = Object.freeze({ model: "llama3.2", messages: [user("Hello there")] });
const weather = {
  type: "function",
  function: {
    name: "get_weather",
    description: "Tells the weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};
const now = {
  type: "function",
  function: { name: "get_time", description: "Tells the time", parameters: { type: "object" } },
};
const tools = [weather, now];

async function streamed(request: ChatRequest): Promise<ChatResponse[]> {
  const list: ChatResponse[] = [];
  for await (const part of await client.chat({ ...request, stream: true })) list.push(part);
  return list;
}

describe("the simulated Ollama, asked by its own client", () => {
  it("answers whole and streamed alike", async () => {
    const whole = await client.chat({ ...basic });
    expect(whole.message.content).toContain("Hello there");
    expect(whole).toMatchObject({ done: true, done_reason: "stop", eval_count: expect.any(Number) });
    const parts = await streamed(basic);
    expect(parts.map((part) => part.message.content).join("")).toBe(whole.message.content);
    expect(parts.at(-1)).toMatchObject({ done: true, eval_count: whole.eval_count });
    expect(parts.at(-2)?.done).toBe(false);
  });

  it("streams unless told otherwise, a JSON text a line", async () => {
    const response = await post(basic);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    expect((await response.text()).trim().split("\n").length).toBeGreaterThan(5);
  });

  it("goes through a loop of calls in parallel and in turn", async () => {
    const messages: NonNullable<ChatRequest["messages"]> = [user("Call get_weather and get_time, then get_time")];
    for (const names of [["get_weather", "get_time"], ["get_time"]]) {
      const { message } = await client.chat({ ...basic, messages, tools });
      expect(message.tool_calls?.map((call) => call.function.name)).toEqual(names);
      expect(message.tool_calls?.at(-1)?.function.arguments).toEqual({});
      messages.push(message);
      for (const name of names) messages.push({ role: "tool", content: "blue sky", tool_name: name });
    }
    const { message } = await client.chat({ ...basic, messages, tools });
    expect(message.content).toContain("blue sky");
    const parts = await streamed({ ...basic, messages: [user('Use get_weather {"city":"Łódź"}')], tools });
    expect(parts[0]?.message.tool_calls?.[0]?.function.arguments).toEqual({ city: "Łódź" });
  });

  it("thinks when asked, follows a schema, a limit and stop sequences, says what image arrived", async () => {
    const parts = await streamed({ ...basic, think: true });
    expect(parts.map((part) => part.message.thinking ?? "").join("")).toContain("Hello there");
    const format = { type: "object", properties: { n: { type: "integer" } } };
    expect((await client.chat({ ...basic, format })).message.content).toBe('{"n":1}');
    expect((await client.chat({ ...basic, options: { num_predict: 2 } })).done_reason).toBe("length");
    const stopped = await client.chat({ ...basic, options: { stop: ["no model"] } });
    expect(stopped.message.content).toBe("This is a simulated answer: ");
    const images = { model: "llava", messages: [{ ...user("What?"), images: ["iVBORw0KGgo="] }] };
    expect((await client.chat(images)).message.content).toContain("image of 8 bytes");
    expect((await client.chat({ model: "m", messages: [] })).done_reason).toBe("load");
  });

  it("embeds", async () => {
    const { embeddings } = await client.embed({ model: "e", input: ["a", "b"], dimensions: 4 });
    expect(embeddings.map((vector) => vector.length)).toEqual([4, 4]);
  });
});

function post(body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.url}/api/chat`, { method: "POST", headers, body: JSON.stringify(body) });
}

describe("what it refuses", () => {
  it.each<[string, object, string]>([
    ["no model", { model: undefined }, "model is required"],
    ["an empty model", { model: "" }, "model is required"],
    ["OpenAI's field", { max_tokens: 1 }, 'json: unknown field "max_tokens"'],
    ["an unknown option", { options: { max_tokens: 1 } }, 'json: unknown field "max_tokens"'],
    [
      "parts for content",
      { messages: [{ role: "user", content: [{ type: "text", text: "a" }] }] },
      "json: cannot unmarshal array into Go struct field ChatRequest.messages.content of type string",
    ],
    [
      "arguments as text",
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "f", arguments: "{}" } }] }] },
      "json: cannot unmarshal string into Go struct field ChatRequest.messages.tool_calls.function.arguments of type api.ToolCallFunctionArguments",
    ],
    ["OpenAI's developer", { messages: [{ role: "developer", content: "a" }] }, "invalid role: developer"],
    [
      "a data address for an image",
      { messages: [{ ...user("a"), images: ["data:image/png;base64,iVBORw0KGgo="] }] },
      "illegal base64 data at input byte 4",
    ],
  ])("%s", async (_, change, error) => {
    const response = await post({ ...basic, ...change });
    expect([response.status, await response.json()]).toEqual([400, { error: expect.stringContaining(error) }]);
  });

  it("a wrong key, where there is one", async () => {
    const locked = await startSimulator({ apiKey: "right" });
    const ask = (key: string) =>
      new Ollama({ host: locked.url, headers: { Authorization: `Bearer ${key}` } }).chat({ ...basic });
    await expect(ask("wrong")).rejects.toMatchObject({ status_code: 401 });
    expect((await ask("right")).done).toBe(true);
    await locked.close();
  });

  it("has faults in its own envelope, in a stream as a line", async () => {
    faults = "status-503";
    await expect(client.chat({ ...basic })).rejects.toMatchObject({
      status_code: 503,
      error: expect.stringContaining("fault"),
    });
    faults = "error-mid-stream";
    await expect(streamed(basic)).rejects.toThrow("fault");
    faults = "drop-mid-stream";
    await expect(streamed(basic)).rejects.toThrow();
  });
});
