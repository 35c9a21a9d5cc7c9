// What the simulated Anthropic refuses: one case for each rule.
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;

beforeAll(async () => void (simulator = await startSimulator()));
afterAll(() => simulator.close());

const model = "claude-sonnet-4-5";
const user = (content: Anthropic.MessageParam["content"]) => ({ role: "user" as const, content });
const basic = { model, max_tokens: 2048, messages: [user("Hello there")] };
const weather: Anthropic.Tool = { name: "get_weather", input_schema: { type: "object" } };
const mark = { type: "ephemeral" as const };

function post(body: object | string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${simulator.url}/v1/messages`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-api-key": "k", "anthropic-version": "2023-06-01", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

const call = (id: string) => ({ type: "tool_use", id, name: "f", input: {} });
const result = (id: string) => ({ type: "tool_result", tool_use_id: id, content: "ok" });
const assistant = (content: unknown) => ({ role: "assistant", content });
const newer = "claude-opus-4-7";
const tools = [weather];
const thinking = { type: "enabled", budget_tokens: 1024 };
const document = { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } };
const five = Array.from({ length: 5 }, () => ({ type: "text", text: "a", cache_control: mark }));

describe("what it refuses", () => {
  it.each<[string, object, string]>([
    ["no max_tokens", { max_tokens: undefined }, "max_tokens: Field required"],
    ["a field of its own making", { user: "me" }, "user: Extra inputs are not permitted"],
    [
      "a field in a block",
      { messages: [user([{ type: "text", text: "a", x: 1 } as never])] },
      "messages.0.content.0.text.x: Extra",
    ],
    ["a wrong type", { max_tokens: "10" }, "max_tokens: Input should be a valid number"],
    [
      "a wrong block",
      { messages: [user([{ type: "input_text", text: "a" } as never])] },
      "Input tag 'input_text' found using 'type'",
    ],
    ["no messages", { messages: [] }, "messages: at least one message is required"],
    [
      "an unknown role",
      { messages: [{ role: "tool", content: "a" }] },
      "messages.0.role: Input should be 'user', 'assistant'",
    ],
    ["a system message first", { messages: [{ role: "system", content: "a" }] }, 'Unexpected role "system"'],
    ["an assistant first", { messages: [assistant("a"), user("b")] }, 'first message must use the "user" role'],
    ["empty content", { messages: [user("")] }, "messages.0: all messages must have non-empty content"],
    ["an empty text", { messages: [user([{ type: "text", text: "" }])] }, "text content blocks must be non-empty"],
    ["a blank text", { messages: [user("  ")] }, "text content blocks must contain non-whitespace text"],
    [
      "a prefill with a space at its end",
      { messages: [user("a"), assistant("b ")] },
      "cannot end with trailing whitespace",
    ],
    [
      "a prefill by a newer model",
      { model: newer, messages: [user("a"), assistant("b")] },
      "does not support assistant message prefill",
    ],
    ["temperature by a newer model", { model: newer, temperature: 0.5 }, "`temperature` is deprecated for this model."],
    ["top_p by a newer model", { model: newer, top_p: 0.9 }, "`top_p` is deprecated for this model."],
    ["top_k by a newer model", { model: "claude-opus-5@20260101", top_k: 5 }, "`top_k` is deprecated for this model."],
    ["both samplings", { temperature: 1, top_p: 1 }, "cannot both be specified"],
    ["a temperature above 1", { temperature: 1.5 }, "temperature: Input should be less than or equal to 1"],
    [
      "a budget above max_tokens",
      { thinking, max_tokens: 1024 },
      "`max_tokens` must be greater than `thinking.budget_tokens`",
    ],
    [
      "a small budget",
      { thinking: { type: "enabled", budget_tokens: 1 } },
      "thinking.enabled.budget_tokens: Input should be greater",
    ],
    [
      "a budget by a newer model",
      { thinking, model: newer },
      '"thinking.type.enabled" is not supported for this model',
    ],
    [
      "adaptive thinking by an older",
      { thinking: { type: "adaptive" } },
      "adaptive thinking is not supported on this model",
    ],
    ["thinking with temperature", { thinking, temperature: 0.2 }, "`temperature` may only be set to 1 when thinking"],
    [
      "thinking with a forced tool",
      { thinking, tools, tool_choice: { type: "any" } },
      "Thinking may not be enabled when",
    ],
    ["a choice without tools", { tool_choice: { type: "auto" } }, "may only be specified while providing tools"],
    [
      "a choice of an unknown tool",
      { tools, tool_choice: { type: "tool", name: "g" } },
      "Tool 'g' not found in provided tools",
    ],
    ["two tools of one name", { tools: [weather, weather] }, "tools: Tool names must be unique."],
    ["a tool's bad name", { tools: [{ ...weather, name: "a.b" }] }, "tools.0.custom.name: String should match pattern"],
    ["OpenAI's tool", { tools: [{ type: "function", function: {} }] }, "tools.0: Input tag 'function' found"],
    [
      "a call's bad id",
      { messages: [user("a"), assistant([call("a:b")]), user([result("a:b")] as never)] },
      "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'",
    ],
    [
      "a call without result",
      { messages: [user("a"), assistant([call("x")]), user("b")] },
      "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: x.",
    ],
    [
      "a result after a text",
      { messages: [user("a"), assistant([call("x")]), user([{ type: "text", text: "b" }, result("x")] as never)] },
      "messages.1: `tool_use` ids were found without",
    ],
    [
      "a result without call",
      { messages: [user([result("y")] as never)] },
      "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: y.",
    ],
    [
      "one id twice",
      { messages: [user("a"), assistant([call("x"), call("x")]), user([result("x")] as never)] },
      "`tool_use` ids must be unique",
    ],
    [
      "a call by the user",
      { messages: [user([call("x")] as never)] },
      "`tool_use` blocks can only be in `assistant` messages",
    ],
    [
      "an image that is none",
      { messages: [user([{ type: "image", source: { type: "base64", media_type: "image/png", data: "?" } }])] },
      "messages.0.content.0.image.source.base64: invalid base64 data",
    ],
    [
      "five cache marks",
      { messages: [user(five as never)] },
      "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ],
    [
      "an unknown ttl",
      { system: [{ type: "text", text: "a", cache_control: { type: "ephemeral", scope: 1 } }] },
      "system.0.text.cache_control.ephemeral.scope: Extra",
    ],
    [
      "an open schema",
      { output_config: { format: { type: "json_schema", schema: { type: "object" } } } },
      "'additionalProperties' must be explicitly set to false",
    ],
    ["a thread without its beta", { thread: { type: "create" } }, "thread: Extra inputs are not permitted"],
    ["a blank stop sequence", { stop_sequences: [" "] }, "each stop sequence must contain non-whitespace"],
  ])("%s", async (_, change, message) => {
    const response = await post({ ...basic, ...change });
    const body = (await response.json()) as { error: { message: string } };
    expect(response.status).toBe(400);
    expect(body).toMatchObject({
      type: "error",
      error: { type: "invalid_request_error" },
      request_id: expect.any(String),
    });
    expect(body.error.message).toContain(message);
  });

  it("two results that together answer one turn are no fault", async () => {
    const messages = [
      user("a"),
      assistant([call("x"), call("y")]),
      user([result("x")] as never),
      user([result("y")] as never),
    ];
    expect((await post({ ...basic, messages })).status).toBe(200);
  });

  it.each<[string, object]>([
    ["sampling parameters", { temperature: 1 }],
    ["a document of the assistant's", { messages: [user("a"), assistant([document]), user("b")] }],
    ["citations of the user's", { messages: [user([{ type: "text", text: "a", citations: [{}] }] as never)] }],
  ])("%s since version 2026-10-21", async (_, change) => {
    const statuses = ["2023-06-01", "2026-10-21"].map(
      async (version) => (await post({ ...basic, ...change }, { "anthropic-version": version })).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 400]);
  });

  it("a request without version or key, and JSON that is none", async () => {
    const headers = { "content-type": "application/json" };
    const ask = (extra: Record<string, string>) =>
      fetch(`${simulator.url}/v1/messages`, {
        method: "POST",
        headers: { ...headers, ...extra },
        body: JSON.stringify(basic),
      });
    expect(await (await ask({ "x-api-key": "k" })).json()).toMatchObject({
      error: { type: "invalid_request_error", message: "anthropic-version: header is required" },
    });
    expect((await ask({ "anthropic-version": "2023-06-01" })).status).toBe(401);
    expect((await ask({ "anthropic-version": "2023-06-01", authorization: "Bearer t" })).status).toBe(200);
    expect((await post("{")).status).toBe(400);
    const locked = await startSimulator({ apiKey: "right" });
    const other = new Anthropic({ baseURL: locked.url, apiKey: "wrong", maxRetries: 0 });
    await expect(other.messages.create(basic)).rejects.toBeInstanceOf(Anthropic.AuthenticationError);
    await locked.close();
  });
});
