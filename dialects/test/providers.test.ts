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
