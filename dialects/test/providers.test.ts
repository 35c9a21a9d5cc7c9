// What providers' dialects do that no golden file shows: what depends on the provider's options or goes into headers
// and paths.
import { beforeAll, describe, expect, test } from "vitest";
import { type Codec, loadCodec } from "./codec.ts";

let codec: Codec;

beforeAll(async () => {
  codec = await loadCodec();
});

function chat(model: string, ...messages: object[]): string {
  return JSON.stringify({ model, messages });
}

describe("cohere", () => {
  const thoughtful = chat(
    "command-a-reasoning-08-2025",
    { role: "user", content: "Is 21 prime?" },
    { role: "assistant", reasoning_content: "21 is 3 × 7.", content: "No." },
    { role: "user", content: "And 23?" },
  );

  test("thinking goes back only to providers that take it", () => {
    const { text } = codec.request("openai-chat", "cohere", thoughtful, true);
    expect(JSON.parse(text)).toHaveProperty("messages.1.content", [
      { type: "thinking", thinking: "21 is 3 × 7." },
      { type: "text", text: "No." },
    ]);
    const otherwise = codec.request("openai-chat", "cohere", thoughtful);
    expect(JSON.parse(otherwise.text)).toHaveProperty("messages.1.content", "No.");
    expect(otherwise.dropped).toBe("thinking");
  });

  test("its own parameters reach it from a client of OpenAI's dialect", () => {
    const body = { model: "command-a-03-2025", messages: [], safety_mode: "STRICT", citation_options: { mode: "OFF" } };
    const { text, dropped } = codec.request("openai-chat", "cohere", JSON.stringify({ ...body, store: true }));
    expect(JSON.parse(text)).toMatchObject({ safety_mode: "STRICT", citation_options: { mode: "OFF" } });
    expect(dropped).toBe("store");
  });

  test.each([
    [{ type: "object", properties: { city: { type: "string" } }, required: ["city"] }, true, ""],
    [{ type: "object", properties: {}, required: [] }, undefined, "strict"],
  ])("tools are strict where each requires an argument: %j", (parameters, strict, dropped) => {
    const tools = [{ type: "function", function: { name: "a", parameters, strict: true } }];
    const told = codec.request(
      "openai-chat",
      "cohere",
      JSON.stringify({ model: "command-a-03-2025", messages: [], tools }),
    );
    expect([JSON.parse(told.text).strict_tools, told.dropped]).toEqual([strict, dropped]);
  });

  test.each(["ERROR", "TIMEOUT"])("an answer that ended with %s is none", (reason) => {
    const message = { role: "assistant", content: [{ type: "text", text: "Half" }] };
    const body = JSON.stringify({ id: "1", finish_reason: reason, message });
    expect(codec.response("cohere", "openai-chat", body).text).toBe("");
  });
});

describe("ollama", () => {
  const image = (url: string) => ({ role: "user", content: [{ type: "image_url", image_url: { url } }] });

  test("an image that is not in the request is refused, not left out", () => {
    const refused = codec.request("openai-chat", "ollama", chat("llava", image("https://example.com/a.png")));
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("images inline only")]);
    const taken = codec.request("openai-chat", "ollama", chat("llava", image("data:image/png;base64,iVBORw==")));
    expect(JSON.parse(taken.text)).toHaveProperty("messages.0.images", ["iVBORw=="]);
  });

  test("its own parameters reach it from a client of OpenAI's dialect, each in its place", () => {
    const body = {
      model: "qwen3",
      messages: [],
      reasoning_effort: "low",
      think: "high",
      keep_alive: "5m",
      num_ctx: 8192,
    };
    const { text, dropped } = codec.request("openai-chat", "ollama", JSON.stringify({ ...body, store: true }));
    expect(JSON.parse(text)).toMatchObject({ think: "high", keep_alive: "5m", options: { num_ctx: 8192 } });
    expect(text.match(/"think"/g)).toHaveLength(1);
    expect(dropped).toBe("store");
  });

  test("results name their tools, whatever their order", () => {
    const call = (id: string) => ({ id, type: "function", function: { name: `tool_${id}`, arguments: "{}" } });
    const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "" });
    const turn = (...ids: string[]) => [
      { role: "assistant", tool_calls: ids.map(call) },
      ...ids.toReversed().map(result),
    ];
    const { text } = codec.request(
      "openai-chat",
      "ollama",
      chat("qwen3", ...turn("a", "b", "c"), ...turn("d"), result("b")),
    );
    const { messages } = JSON.parse(text) as { messages: { role: string; tool_name?: string }[] };
    const names = messages.filter(({ role }) => role === "tool").map((message) => message.tool_name);
    expect(names).toEqual(["tool_c", "tool_b", "tool_a", "tool_d", "tool_b"]);
  });

  test.each([
    ["2000-02-29T12:00:00Z", 951825600],
    ["1970-01-01T00:00:00Z", 0],
    ["2024-12-31T23:59:60.5Z", 1735689600],
    ["2025-10-26T19:02:03-04:00", 1761519723],
    ["2025-13-01T00:00:00Z", 0],
    ["yesterday", 0],
  ])("a time is read: %s", (time, seconds) => {
    const body = { model: "llama3.2", created_at: time, message: { role: "assistant", content: "Hi." }, done: true };
    const { text } = codec.response("ollama", "openai-chat", JSON.stringify(body));
    expect(JSON.parse(text)).toHaveProperty("created", seconds);
  });
});

describe("dashscope", () => {
  const textPath = "/services/aigc/text-generation/generation";
  const multimodalPath = "/services/aigc/multimodal-generation/generation";
  const image = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
  const ask = { role: "user", content: "Hi" };

  test.each([
    ["qwen-plus", textPath],
    ["qwen3-max", textPath],
    ["qwen3-235b-a22b", textPath],
    ["qwen3.6-max-preview", textPath],
    ["qwen3.7-max", textPath],
    ["deepseek-v3.2", textPath],
    ["kimi-k2-thinking", textPath],
    ["qwen-vl-max", multimodalPath],
    ["qwen3-vl-plus", multimodalPath],
    ["qwen3-omni-flash", multimodalPath],
    ["qwen-audio-turbo", multimodalPath],
    ["qvq-max", multimodalPath],
    ["qwen3.5-plus", multimodalPath],
    ["qwen3.6-flash", multimodalPath],
    ["qwen3.8-max", multimodalPath],
    ["qwen3.10-max", multimodalPath],
    ["kimi-k2.5", multimodalPath],
    ["qwen3.", textPath],
  ])("%s is asked at %s", (model, path) => {
    expect(codec.endpointPath("openai-chat", "dashscope", chat(model, ask))).toBe(path);
  });

  test("what holds an image is asked where images are seen, whatever the model's name", () => {
    const asked = { role: "user", content: [image] };
    expect(codec.endpointPath("openai-chat", "dashscope", chat("my-fine-tuned", asked))).toBe(multimodalPath);
    const result = { role: "tool", tool_call_id: "1", content: [image] };
    expect(codec.endpointPath("openai-chat", "dashscope", chat("my-fine-tuned", ask, result))).toBe(multimodalPath);
  });

  test("where images are seen every content is a list", () => {
    const system = { role: "system", content: "Be brief." };
    const { text } = codec.request("openai-chat", "dashscope", chat("qwen3-vl-plus", system, ask));
    expect(JSON.parse(text)).toHaveProperty("input.messages", [
      { role: "system", content: [{ text: "Be brief." }] },
      { role: "user", content: [{ text: "Hi" }] },
    ]);
  });

  test("a header asks for a stream", () => {
    expect(codec.streamHeader("dashscope")).toBe("x-dashscope-sse: enable");
    expect(codec.providers.filter((name) => codec.streamHeader(name))).toEqual(["dashscope"]);
  });

  test("its own parameters reach it from a client of OpenAI's dialect", () => {
    const own = { enable_search: true, enable_thinking: true, thinking_budget: 50, repetition_penalty: 1.1 };
    const body = { model: "qwen-plus", messages: [ask], reasoning_effort: "none", store: true, ...own };
    const { text, dropped } = codec.request("openai-chat", "dashscope", JSON.stringify(body));
    expect(JSON.parse(text)).toHaveProperty("parameters", { result_format: "message", ...own });
    expect(text.match(/"enable_thinking"/g)).toHaveLength(1);
    expect(dropped).toBe("store");
  });

  test("thinking and cache marks go back only to providers that take them", () => {
    const mark = { type: "ephemeral" };
    const system = { role: "system", content: [{ type: "text", text: "Long.", cache_control: mark }] };
    const answer = { role: "assistant", reasoning_content: "Hm.", content: "Hello" };
    const body = chat("qwen-plus", system, ask, answer, ask);
    const kept = codec.request("openai-chat", "dashscope", body, true);
    expect(JSON.parse(kept.text)).toHaveProperty("input.messages", [
      { role: "system", content: [{ text: "Long.", cache_control: mark }] },
      ask,
      { role: "assistant", content: "Hello", reasoning_content: "Hm." },
      ask,
    ]);
    const otherwise = codec.request("openai-chat", "dashscope", body);
    expect(JSON.parse(otherwise.text)).toHaveProperty("input.messages.0.content", "Long.");
    expect(otherwise.dropped).toBe("cache_control,thinking");
  });

  test.each([
    [{ response_format: { type: "json_object" } }],
    [{ tools: [{ type: "function", function: { name: "a" } }], tool_choice: "required" }],
  ])("a model that is bound does not think: %j", (bound) => {
    const body = JSON.stringify({ model: "qwen-plus", messages: [ask], reasoning_effort: "high", ...bound });
    const { text, dropped } = codec.request("openai-chat", "dashscope", body);
    expect(JSON.parse(text)).toHaveProperty("parameters.enable_thinking", false);
    expect(dropped).toBe("reasoning_effort");
  });

  test.each([
    ["qwen-plus", {}, false],
    ["qwen-plus", { reasoning_effort: "low" }, true],
    ["qwen-plus", { enable_thinking: true }, true],
    ["qwen-plus", { reasoning_effort: "low", enable_thinking: false }, false],
    ["qwen-plus", { reasoning_effort: "low", response_format: { type: "json_object" } }, false],
    ["qwen3-max", {}, false],
    ["qwen3-32b", {}, true],
    ["qwen3-32b", { reasoning_effort: "none" }, false],
    ["qwen3-235b-a22b-thinking-2507", {}, true],
    ["qwq-plus", {}, true],
  ])("%s asked with %j thinks in streams only: %s", (model, more, isStreamOnly) => {
    const body = JSON.stringify({ model, messages: [ask], ...more });
    for (const provider of codec.providers) {
      const expected = provider === "dashscope" && isStreamOnly;
      expect(codec.isStreamOnly("openai-chat", provider, body)).toBe(expected);
    }
  });

  test("an error with status 200 is no answer", () => {
    const body = JSON.stringify({ code: "InvalidParameter", message: "No.", request_id: "1" });
    expect(codec.response("dashscope", "openai-chat", body).text).toBe("");
  });
});
