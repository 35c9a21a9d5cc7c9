import OpenAI, { toFile } from "openai";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "./simulator.ts";

let simulator: Simulator;
let client: OpenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new OpenAI({ baseURL: `${simulator.url}/v1`, apiKey: "any", maxRetries: 0 });
});
afterAll(() => simulator.close());
beforeEach(() => void (simulator.requests.length = 0));

const messages = [{ role: "user" as const, content: "Hello there" }];
const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } },
  },
};
const time = { type: "function" as const, function: { name: "get_time", parameters: { type: "object" } } };

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

describe("the simulated provider, asked by the real OpenAI client", () => {
  it("answers a chat, says that it is simulated, and counts the same each time", async () => {
    const { data, response } = await client.chat.completions.create({ model: "gpt-4o", messages }).withResponse();
    expect(response.headers.get("x-weir-simulated")).toBe("true");
    expect(data.choices[0]?.message.content).toContain("simulated");
    expect(data.choices[0]?.message.content).toContain("Hello there");
    expect(data).toMatchObject({ model: "simulated/gpt-4o", object: "chat.completion" });
    expect(data.usage?.prompt_tokens).toBeGreaterThan(3);
    const again = await client.chat.completions.create({ model: "gpt-4o", messages });
    expect(again.usage).toEqual(data.usage);
  });

  it("streams the same text in words, with usage only when asked", async () => {
    const whole = await client.chat.completions.create({ model: "gpt-4o", messages });
    const stream = await client.chat.completions.create({
      model: "gpt-4o",
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(
      whole.choices[0]?.message.content,
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
    expect(chunks[0]?.usage).toBeNull();
    const without = await collect(await client.chat.completions.create({ model: "gpt-4o", messages, stream: true }));
    expect(without.some((chunk) => "usage" in chunk)).toBe(false);
  });

  it("calls the tools whose names the user mentions, in parallel, streamed or not", async () => {
    const asked = [{ role: "user" as const, content: "Use get_weather and get_time" }];
    const whole = await client.chat.completions.create({ model: "m", messages: asked, tools: [weather, time] });
    const calls = whole.choices[0]?.message.tool_calls ?? [];
    expect(calls.map((call) => "function" in call && call.function.name)).toEqual(["get_weather", "get_time"]);
    expect(whole.choices[0]?.finish_reason).toBe("tool_calls");
    const runner = client.chat.completions.stream({ model: "m", messages: asked, tools: [weather, time] });
    const final = await runner.finalChatCompletion();
    expect(final.choices[0]?.message.tool_calls).toMatchObject(calls);
  });

  it("answers in words after a tool's result, and follows tool_choice", async () => {
    const after = await client.chat.completions.create({
      model: "m",
      messages: [...messages, { role: "tool", tool_call_id: "call_simulated_1", content: "sunny" }],
      tools: [weather],
    });
    expect(after.choices[0]?.finish_reason).toBe("stop");
    const none = await client.chat.completions.create({ model: "m", messages, tools: [weather], tool_choice: "none" });
    expect(none.choices[0]?.message.tool_calls).toBeUndefined();
    const chosen = await client.chat.completions.create({
      model: "m",
      messages,
      tools: [weather, time],
      tool_choice: { type: "function", function: { name: "get_time" } },
    });
    expect(chosen.choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it("shows thoughts as DeepSeek does, and wants them back between tools", async () => {
    const messages = [{ role: "user" as const, content: "Use get_time" }];
    const asked = { model: "deepseek-v4-flash", messages, tools: [time] };
    const { choices } = await client.chat.completions.create(asked);
    expect(choices[0]?.message).toMatchObject({ reasoning_content: expect.stringContaining("thinking about") });
    const chunks = await collect(await client.chat.completions.create({ ...asked, stream: true }));
    const deltas = chunks.map((chunk) => chunk.choices[0]?.delta as { reasoning_content?: string } | undefined);
    expect(deltas.map((delta) => delta?.reasoning_content ?? "").join("")).toContain("thinking about");
    const { reasoning_content: _, ...bare } = choices[0]!.message as unknown as Record<string, unknown>;
    const after = (message: unknown) => [...messages, message, { role: "tool", tool_call_id: "c", content: "noon" }];
    const goOn = (message: unknown) => client.chat.completions.create({ ...asked, messages: after(message) as never });
    expect((await goOn(choices[0]!.message)).choices[0]?.finish_reason).toBe("stop");
    await expect(goOn(bare)).rejects.toMatchObject({ status: 400, message: expect.stringContaining("passed back") });
    const plain = await client.chat.completions.create({ ...asked, thinking: { type: "disabled" } } as typeof asked);
    expect(plain.choices[0]?.message).not.toHaveProperty("reasoning_content");
  });

  it("follows a JSON schema, max_tokens, stop and n", async () => {
    const schema = {
      type: "object",
      properties: { name: { $ref: "#/$defs/name" }, tags: { type: "array", items: { enum: ["a", "b"] } } },
      $defs: { name: { type: "string" } },
    };
    const json = await client.chat.completions.create({
      model: "m",
      messages,
      response_format: { type: "json_schema", json_schema: { name: "x", schema } },
    });
    expect(JSON.parse(json.choices[0]?.message.content ?? "")).toEqual({ name: "simulated", tags: ["a"] });
    const short = await client.chat.completions.create({ model: "m", messages, max_completion_tokens: 3, n: 2 });
    expect(short.choices.map((choice) => [choice.index, choice.finish_reason])).toEqual([
      [0, "length"],
      [1, "length"],
    ]);
    expect(short.usage?.completion_tokens).toBe(6);
    const stopped = await client.chat.completions.create({ model: "m", messages, stop: " answer" });
    expect(stopped.choices[0]?.message.content).toBe("This is a simulated");
  });

  it("gives embeddings as floats and as base64 alike", async () => {
    const base64 = await client.embeddings.create({ model: "e", input: ["a", "b"], dimensions: 8 });
    const float = await client.embeddings.create({
      model: "e",
      input: ["a", "b"],
      dimensions: 8,
      encoding_format: "float",
    });
    expect(base64.data).toHaveLength(2);
    expect(base64.data[0]?.embedding).toEqual(float.data[0]?.embedding);
    expect(base64.data[0]?.embedding).not.toEqual(base64.data[1]?.embedding);
    expect(Math.hypot(...(float.data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
  });

  it("serves completions, models, images, speech and transcription", async () => {
    const completion = await collect(await client.completions.create({ model: "m", prompt: "Once", stream: true }));
    expect(completion.map((chunk) => chunk.choices[0]?.text).join("")).toContain("Once");
    const models = await collect(client.models.list());
    expect(models.map((model) => model.id)).toContain("simulated-chat");
    await expect(client.models.retrieve("nope")).rejects.toMatchObject({ status: 404, code: "model_not_found" });
    const image = await client.images.generate({ prompt: "a cat", response_format: "b64_json" });
    expect(
      Buffer.from(image.data?.[0]?.b64_json ?? "", "base64")
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    const file = await toFile(Buffer.from("some sound"), "talk.wav");
    const edited = await client.images.edit({ image: file, prompt: "a dog", model: "gpt-image-1" });
    expect(edited.data?.[0]?.b64_json).toBeTruthy();
    const speech = await client.audio.speech.create({ model: "tts", voice: "alloy", input: "Hi" });
    expect((await speech.arrayBuffer()).byteLength).toBeGreaterThan(1000);
    const transcript = await client.audio.transcriptions.create({ file, model: "whisper-1" });
    expect(transcript.text).toBe("This is a simulated transcript of talk.wav (10 bytes) by whisper-1.");
  });

  it("serves the Responses API, whole, streamed, with tools, and by id", async () => {
    const whole = await client.responses.create({ model: "gpt-5", input: "Hello" });
    expect(whole.output_text).toContain("simulated");
    expect((await client.responses.retrieve(whole.id)).id).toBe(whole.id);
    await client.responses.delete(whole.id);
    await expect(client.responses.retrieve(whole.id)).rejects.toMatchObject({ status: 404 });
    const runner = client.responses.stream({
      model: "gpt-5",
      input: "Hello",
      tools: [{ type: "function", name: "f", parameters: { type: "object" }, strict: false }],
    });
    const events = (await collect(runner)).map((event) => event.type);
    expect(events[0]).toBe("response.created");
    expect(events.at(-1)).toBe("response.completed");
    expect(events).toContain("response.function_call_arguments.done");
  });

  it("ranks documents by the query's words", async () => {
    const response = await fetch(`${simulator.url}/v1/rerank`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ query: "red fox", documents: ["a dog", "the red fox", "red"], top_n: 2 }),
    });
    const { results } = (await response.json()) as { results: { index: number; relevance_score: number }[] };
    expect(results).toEqual([
      { index: 1, relevance_score: 1 },
      { index: 2, relevance_score: 0.5 },
    ]);
  });
});

describe("its refusals", () => {
  it.each([
    ["no model", { messages }, 400, "model"],
    ["no messages", { model: "m" }, 400, "messages"],
    ["an unknown fault", { model: "simulate-nonsense", messages }, 400, null],
  ])("answers %s in OpenAI's envelope", async (_, body, status, param) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error", param } });
  });

  it("refuses malformed JSON, bytes that are no UTF-8, an unknown path and a wrong method", async () => {
    const url = `${simulator.url}/v1/chat/completions`;
    const headers = { "content-type": "application/json" };
    expect((await fetch(url, { method: "POST", headers, body: '{"model":' })).status).toBe(400);
    expect((await fetch(url, { method: "POST", headers, body: Buffer.from([0x22, 0xff, 0x22]) })).status).toBe(400);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${simulator.url}/v1/nothing`)).status).toBe(404);
  });

  it("checks the key when it has one", async () => {
    const locked = await startSimulator({ apiKey: "secret" });
    const ask = (apiKey: string) => new OpenAI({ baseURL: `${locked.url}/v1`, apiKey, maxRetries: 0 }).models.list();
    await expect(ask("wrong")).rejects.toMatchObject({ status: 401, code: "invalid_api_key" });
    expect((await ask("secret")).data).not.toHaveLength(0);
    await locked.close();
  });
});

describe("faults on demand", () => {
  const ask = (fault: string, stream = false) => post({ model: "m", messages, stream }, { "x-simulate": fault });

  it("answers a status with retry-after, by header and by model name", async () => {
    const byHeader = await ask("status-429, retry-after-7");
    expect([byHeader.status, byHeader.headers.get("retry-after")]).toEqual([429, "7"]);
    expect(await byHeader.json()).toMatchObject({ error: { type: "rate_limit_exceeded" } });
    const byModel = await post({ model: "simulate-status-503+retry-after-1", messages });
    expect([byModel.status, byModel.headers.get("retry-after")]).toEqual([503, "1"]);
  });

  it("drops before the headers, after them and in the middle", async () => {
    await expect(ask("drop")).rejects.toThrow();
    const headersOnly = await ask("drop-after-headers", true);
    await expect(headersOnly.text()).rejects.toThrow();
    const half = await ask("drop-mid-stream", true);
    const reader = half.body!.getReader();
    expect((await reader.read()).value?.length).toBeGreaterThan(0);
    await expect(drain(reader)).rejects.toThrow();
    expect(simulator.requests.map((request) => request.aborted)).toEqual([false, false, false]);
  });

  it("breaks JSON, SSE and emptiness", async () => {
    await expect((await ask("malformed-json")).json()).rejects.toThrow(SyntaxError);
    expect(await (await ask("empty-body")).text()).toBe("");
    const broken = await (await ask("malformed-sse", true)).text();
    expect(broken).toMatch(/data: \{"id":\n\n$/);
    expect(broken).not.toContain("[DONE]");
  });

  it("hides an error in a 200, whole, first in a stream and amid it", async () => {
    const whole = await ask("error-in-200");
    expect([whole.status, await whole.json()]).toMatchObject([200, { error: { code: "simulated_fault" } }]);
    expect(await (await ask("error-in-200", true)).text()).toMatch(/^data: \{"error"/);
    expect(await (await ask("error-mid-stream", true)).text()).toMatch(/delta[^]*data: \{"error".*\n\n$/);
  });

  it("waits before the headers and between chunks", async () => {
    const start = performance.now();
    await ask("delay-120");
    expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    const streamed = performance.now();
    await (await ask("words-5, chunk-delay-30", true)).text();
    expect(performance.now() - streamed).toBeGreaterThanOrEqual(150);
  });

  it("cuts the stream at any byte and still sends all of it", async () => {
    const plain = await (await ask("words-5", true)).text();
    expect(await (await ask("words-5, split-3", true)).text()).toBe(plain);
    expect(plain.match(/"content":" ?simulated-\d/g)).toHaveLength(5);
  });

  it("sends a stream's chunks apart even without a delay", async () => {
    const reads: number[] = [];
    const reader = (await ask("words-50", true)).body!.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) reads.push(read.value.length);
    expect(reads.length).toBeGreaterThan(10);
  });
});

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

async function drain(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  while (!(await reader.read()).done);
}

describe("the record", () => {
  it("keeps what arrived byte for byte, the newest only", async () => {
    const small = await startSimulator({ recordMax: 2 });
    for (const n of [1, 2, 3]) {
      await fetch(`${small.url}/v1/chat/completions?n=${n}`, { method: "POST", body: Buffer.from([n, 255, 0]) });
    }
    expect(small.requests.map((r) => [r.path.at(-1), [...r.body]])).toEqual([
      ["2", [2, 255, 0]],
      ["3", [3, 255, 0]],
    ]);
    await small.close();
  });

  it("tells when the client left early", async () => {
    const stop = new AbortController();
    const response = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-simulate": "words-50,chunk-delay-50" },
      body: JSON.stringify({ model: "m", messages, stream: true }),
      signal: stop.signal,
    });
    await response.body!.getReader().read();
    stop.abort();
    await pause(200);
    expect(simulator.requests[0]).toMatchObject({ aborted: true, finished: true });
  });
});
