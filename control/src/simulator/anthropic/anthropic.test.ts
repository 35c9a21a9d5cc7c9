import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
let client: Anthropic;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new Anthropic({ baseURL: simulator.url, apiKey: "any", maxRetries: 0 });
});
afterAll(() => simulator.close());

const model = "claude-sonnet-4-5";
const user = (content: Anthropic.MessageParam["content"]) => ({ role: "user" as const, content });
const basic = { model, max_tokens: 2048, messages: [user("Hello there")] };
const weather: Anthropic.Tool = {
  name: "get_weather",
  input_schema: { type: "object", properties: { city: { type: "string" } } },
};
const now: Anthropic.Tool = { name: "get_time", input_schema: { type: "object" } };
const png = "iVBORw0KGgo=";

const streamed = (params: Anthropic.MessageStreamParams, simulate = "") =>
  client.messages.stream(params, { headers: { "x-simulate": simulate } });

async function events(params: Anthropic.MessageStreamParams, simulate = ""): Promise<string[]> {
  const asked = { ...params, stream: true } as Anthropic.MessageCreateParamsStreaming;
  const stream = await client.messages.create(asked, { headers: { "x-simulate": simulate } });
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  return types;
}

describe("the simulated Anthropic, asked by its own client", () => {
  it("answers whole and streamed alike", async () => {
    const whole = await client.messages.create(basic);
    expect(whole.content).toMatchObject([{ type: "text", text: expect.stringContaining("Hello there") }]);
    expect(whole).toMatchObject({ stop_reason: "end_turn", stop_sequence: null, role: "assistant" });
    const final = await streamed(basic).finalMessage();
    expect(final.content).toMatchObject(whole.content);
    expect(final.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  it("streams its events in Anthropic's order, a ping after the first block's start", async () => {
    const types = await raw(basic);
    expect(types.slice(0, 4)).toEqual(["message_start", "content_block_start", "ping", "content_block_delta"]);
    expect(types.slice(-3)).toEqual(["content_block_stop", "message_delta", "message_stop"]);
  });

  it("calls tools in parallel, in turn, and with the arguments that the user gives", async () => {
    const params = { ...basic, tools: [weather, now] };
    const both = await streamed({ ...params, messages: [user("Call get_weather and get_time")] }).finalMessage();
    expect(both.stop_reason).toBe("tool_use");
    expect(both.content).toMatchObject([
      { name: "get_weather", input: { city: "simulated" } },
      { name: "get_time", input: {} },
    ]);
    const given = await client.messages.create({ ...params, messages: [user('Use get_weather {"city":"Łódź {1}"}')] });
    expect(given.content[0]).toMatchObject({ input: { city: "Łódź {1}" } });
    const one = { type: "auto" as const, disable_parallel_tool_use: true };
    const single = await client.messages.create({
      ...params,
      tool_choice: one,
      messages: [user("Call get_weather and get_time")],
    });
    expect(single.content).toHaveLength(1);
  });

  it("goes through a loop of two rounds and ends in words that hold the result", async () => {
    const messages: Anthropic.MessageParam[] = [user("Call get_weather, then get_time")];
    const ids: string[] = [];
    for (const name of ["get_weather", "get_time"]) {
      const { content } = await client.messages.create({ ...basic, tools: [weather, now], messages });
      expect(content).toMatchObject([{ type: "tool_use", name }]);
      const call = content[0] as Anthropic.ToolUseBlock;
      ids.push(call.id);
      messages.push({ role: "assistant", content });
      messages.push(user([{ type: "tool_result", tool_use_id: call.id, content: `result of ${name}` }]));
    }
    expect(new Set(ids).size).toBe(2);
    const last = await client.messages.create({ ...basic, tools: [weather, now], messages });
    expect(last.content).toMatchObject([{ type: "text", text: expect.stringContaining("result of get_time") }]);
  });

  it("thinks when asked, signs it, and takes it back unchanged only", async () => {
    const thinking = { type: "enabled" as const, budget_tokens: 1024 };
    const params = { ...basic, thinking, tools: [weather], messages: [user("Call get_weather")] };
    const first = await streamed(params).finalMessage();
    expect(first.content.map((block) => block.type)).toEqual(["thinking", "tool_use"]);
    const [thought, call] = first.content as [Anthropic.ThinkingBlock, Anthropic.ToolUseBlock];
    const result = user([{ type: "tool_result", tool_use_id: call.id, content: "sunny" }]);
    const again = (content: Anthropic.ContentBlockParam[]) =>
      client.messages.create({ ...params, messages: [...params.messages, { role: "assistant", content }, result] });
    expect((await again([thought, call])).stop_reason).toBe("end_turn");
    await expect(again([{ ...thought, thinking: "other" }, call])).rejects.toThrow("Invalid `signature` in `thinking`");
    await expect(again([call])).rejects.toThrow("Expected `thinking` or `redacted_thinking`, but found `tool_use`");
  });

  it("redacts thinking on demand, and omits it when asked to", async () => {
    const adaptive = { ...basic, model: "claude-opus-5", thinking: { type: "adaptive" as const } };
    const redacted = await streamed(adaptive, "redacted-thinking").finalMessage();
    const [block] = redacted.content as [Anthropic.RedactedThinkingBlock];
    expect(block.type).toBe("redacted_thinking");
    const resend = (data: string) =>
      client.messages.create({
        ...adaptive,
        messages: [...basic.messages, { role: "assistant", content: [{ ...block, data }] }, user("On")],
      });
    expect((await resend(block.data)).stop_reason).toBe("end_turn");
    await expect(resend("bm90IG91cnM=")).rejects.toThrow("Invalid `data` in `redacted_thinking` block");
    const omitted = await client.messages.create({ ...adaptive, thinking: { type: "adaptive", display: "omitted" } });
    expect(omitted.content[0]).toMatchObject({ type: "thinking", thinking: "", signature: expect.any(String) });
  });

  it("follows a schema, max_tokens, stop sequences, and refuses on demand", async () => {
    const schema = { type: "object", properties: { n: { type: "integer" } }, additionalProperties: false };
    const json = await client.messages.create({ ...basic, output_config: { format: { type: "json_schema", schema } } });
    expect(json.content).toMatchObject([{ text: '{"n":1}' }]);
    expect((await client.messages.create({ ...basic, max_tokens: 3 })).stop_reason).toBe("max_tokens");
    const stopped = await client.messages.create({ ...basic, stop_sequences: ["no model"] });
    expect(stopped).toMatchObject({ stop_reason: "stop_sequence", stop_sequence: "no model" });
    const refused = await client.messages.create(basic, { headers: { "x-simulate": "refusal" } });
    expect(refused.stop_reason).toBe("refusal");
  });

  it("says what images and documents arrived", async () => {
    const { content } = await client.messages.create({
      ...basic,
      messages: [
        user([
          { type: "image", source: { type: "base64", media_type: "image/png", data: png } },
          { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } },
          { type: "text", text: "What is this?" },
        ]),
      ],
    });
    expect(content).toMatchObject([{ text: expect.stringContaining("image/png of 8 bytes, document at https://") }]);
  });

  it("writes marked prefixes into its cache once and reads them after", async () => {
    const system = [{ type: "text" as const, text: `Long rules ${Math.random()}`, cache_control: mark }];
    const first = (await client.messages.create({ ...basic, system })).usage;
    expect(first.cache_creation_input_tokens).toBeGreaterThan(0);
    const second = (await streamed({ ...basic, system }).finalMessage()).usage;
    expect(second).toMatchObject({
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: first.cache_creation_input_tokens,
      input_tokens: first.input_tokens,
    });
  });

  it("counts tokens as it bills them, and takes no max_tokens there", async () => {
    const { max_tokens: _, ...counted } = basic;
    const { input_tokens: count } = await client.messages.countTokens(counted);
    expect(count).toBe((await client.messages.create(basic)).usage.input_tokens);
    await expect(client.messages.countTokens(basic as never)).rejects.toThrow(
      "max_tokens: Extra inputs are not permitted",
    );
  });

  it("keeps threads, each answer to be continued once", async () => {
    const beta = (params: object) =>
      client.beta.messages.create({
        ...basic,
        ...params,
        betas: ["message-threads-2026-08-12"],
      } as never) as unknown as Promise<never>;
    const { id } = (await beta({ thread: { type: "create" } })) as { id: string };
    const next = { thread: { type: "continue", previous_message_id: id }, messages: [user("And then?")] };
    expect(await beta(next)).toMatchObject({ content: [{ text: expect.stringContaining("And then?") }] });
    await expect(beta(next)).rejects.toMatchObject({
      error: { error: { details: { error_code: "thread_already_continued" } } },
    });
    const unknown = { thread: { type: "continue", previous_message_id: "msg_other" }, messages: [user("On")] };
    await expect(beta(unknown)).rejects.toMatchObject({ status: 404 });
  });

  it("remembers a thread's tools, as its client's own tool runner expects", async () => {
    const asked = user("Use get_weather, then get_weather");
    const run = (): string => "Sunny";
    const inputSchema = { type: "object" as const, properties: {} };
    const tools = [betaTool({ name: "get_weather", description: "The weather", inputSchema, run })];
    const turns: unknown[] = [];
    for await (const message of client.beta.messages.toolRunner({ ...basic, messages: [asked], tools })) {
      turns.push(message.stop_reason);
    }
    expect(turns).toEqual(["tool_use", "tool_use", "end_turn"]);
  });
});

const mark = { type: "ephemeral" as const };

async function raw(params: object): Promise<string[]> {
  const response = await post({ ...params, stream: true });
  return [...(await response.text()).matchAll(/^event: (.*)$/gm)].map((match) => match[1] ?? "");
}

function post(body: object | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": "k", "anthropic-version": "2023-06-01", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

describe("its faults", () => {
  it("are in its own envelope, with Retry-After", async () => {
    const limited = await post(basic, { "x-simulate": "status-429, retry-after-3" });
    expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
    expect(await limited.json()).toMatchObject({ type: "error", error: { type: "rate_limit_error" } });
    await expect(client.messages.create({ ...basic, model: "simulate-status-529" })).rejects.toMatchObject({
      status: 529,
      error: { error: { type: "overloaded_error" } },
    });
  });

  it("break a stream by an error event, by nonsense, by a cut", async () => {
    await expect(events(basic, "error-mid-stream")).rejects.toThrow("overloaded_error");
    await expect(events(basic, "error-in-200")).rejects.toThrow("overloaded_error");
    await expect(events(basic, "malformed-sse")).rejects.toThrow();
    await expect(events(basic, "drop-mid-stream")).rejects.toThrow();
    expect(await events(basic, "split-3, words-4")).toContain("message_stop");
  });
});
