import { CohereClientV2, type Cohere } from "cohere-ai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
let client: CohereClientV2;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new CohereClientV2({ token: "any", environment: simulator.url });
});
afterAll(() => simulator.close());

const once = { maxRetries: 0 };
const user = (content: Cohere.UserMessageV2["content"]) => ({ role: "user" as const, content });
const basic = { model: "command-a-03-2025", messages: [user("Hello there")] as Cohere.ChatMessages };
const weather = {
  type: "function" as const,
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const now = { type: "function" as const, function: { name: "get_time", parameters: { type: "object" } } };
const tools = [weather, now];

async function events(params: Cohere.V2ChatStreamRequest, headers: Record<string, string> = {}) {
  const list: Cohere.V2ChatStreamResponse[] = [];
  for await (const event of await client.chatStream(params, { ...once, headers })) list.push(event);
  return list;
}

const textOf = (list: Cohere.V2ChatStreamResponse[]) =>
  list.map((event) => (event.type === "content-delta" ? (event.delta?.message?.content?.text ?? "") : "")).join("");

describe("the simulated Cohere, asked by its own client", () => {
  it("answers whole and streamed alike", async () => {
    const { message, finishReason, usage } = await client.chat(basic);
    const content = message.content?.[0];
    expect(content?.type === "text" && content.text).toContain("Hello there");
    expect([finishReason, usage?.billedUnits?.inputTokens]).toEqual(["COMPLETE", expect.any(Number)]);
    const list = await events(basic);
    expect(textOf(list)).toBe(content?.type === "text" && content.text);
    expect([...new Set(list.map(({ type }) => type))]).toEqual([
      "message-start",
      "content-start",
      "content-delta",
      "content-end",
      "message-end",
    ]);
  });

  it("goes through a loop of calls in parallel and in turn", async () => {
    const messages: Cohere.ChatMessages = [user("Call get_weather and get_time, then get_time")];
    for (const names of [["get_weather", "get_time"], ["get_time"]]) {
      const { message, finishReason } = await client.chat({ ...basic, messages, tools });
      expect(finishReason).toBe("TOOL_CALL");
      expect(message.toolCalls?.map((call) => call.function?.name)).toEqual(names);
      expect(message.toolCalls?.at(-1)?.function?.arguments).toBe("{}");
      messages.push({ role: "assistant", toolCalls: message.toolCalls ?? [], toolPlan: message.toolPlan ?? "" });
      for (const { id } of message.toolCalls ?? [])
        messages.push({ role: "tool", toolCallId: id, content: "blue sky" });
    }
    const { message } = await client.chat({ ...basic, messages, tools });
    expect(JSON.stringify(message.content)).toContain("blue sky");
  });

  it("streams a call's arguments in fragments that join", async () => {
    const list = await events({ ...basic, messages: [user('Use get_weather {"city":"Łódź"}')], tools });
    const start = list.find((event) => event.type === "tool-call-start");
    expect(start).toMatchObject({ delta: { message: { toolCalls: { function: { name: "get_weather" } } } } });
    const pieces = list.map((event) =>
      event.type === "tool-call-delta" ? (event.delta?.message?.toolCalls?.function?.arguments ?? "") : "",
    );
    expect(JSON.parse(pieces.join(""))).toEqual({ city: "Łódź" });
    expect(list.at(-1)).toMatchObject({ type: "message-end", delta: { finishReason: "TOOL_CALL" } });
  });

  it("thinks when asked, follows a schema, a limit, stop sequences and tool_choice", async () => {
    const { message } = await client.chat({ ...basic, thinking: { type: "enabled" } });
    expect(message.content?.map(({ type }) => type)).toEqual(["thinking", "text"]);
    const schema = { type: "object", properties: { n: { type: "integer" } } };
    const json = await client.chat({ ...basic, responseFormat: { type: "json_object", jsonSchema: schema } });
    expect(json.message.content).toMatchObject([{ text: '{"n":1}' }]);
    expect((await client.chat({ ...basic, maxTokens: 2 })).finishReason).toBe("MAX_TOKENS");
    expect((await client.chat({ ...basic, stopSequences: ["no model"] })).finishReason).toBe("STOP_SEQUENCE");
    expect((await client.chat({ ...basic, tools, toolChoice: "NONE" })).finishReason).toBe("COMPLETE");
    expect((await client.chat({ ...basic, tools, toolChoice: "REQUIRED" })).finishReason).toBe("TOOL_CALL");
  });

  it("says what image arrived", async () => {
    const image = { type: "image_url" as const, imageUrl: { url: "data:image/png;base64,iVBORw0KGgo=" } };
    const { message } = await client.chat({ ...basic, messages: [user([image, { type: "text", text: "What?" }])] });
    expect(JSON.stringify(message.content)).toContain("image/png of 8 bytes");
  });

  it("embeds and ranks", async () => {
    const { embeddings, texts } = await client.embed({
      model: "embed-v4.0",
      texts: ["a", "b"],
      inputType: "search_query",
      embeddingTypes: ["float", "int8", "ubinary"],
      outputDimension: 256,
    });
    expect(texts).toEqual(["a", "b"]);
    expect(embeddings.float?.map((vector) => vector.length)).toEqual([256, 256]);
    expect(embeddings.ubinary?.[0]).toHaveLength(32);
    const ranked = await client.rerank({
      model: "rerank-v3.5",
      query: "red fox",
      documents: ["dog", "the red fox"],
      topN: 1,
    });
    expect(ranked.results).toEqual([{ index: 1, relevanceScore: 1 }]);
  });
});

function post(body: object, path = "chat", headers: Record<string, string> = { authorization: "Bearer k" }) {
  return fetch(`${simulator.url}/v2/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

const call = { id: "x", type: "function", function: { name: "f", arguments: "{}" } };
const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "ok" });
const calling = { role: "assistant", tool_calls: [call] };

describe("what it refuses", () => {
  it.each<[string, object, string]>([
    ["an unknown field", { top_p: 1 }, "unknown field: parameter 'top_p' is not a valid field"],
    ["one in a part", { messages: [user([{ type: "text", text: "a", x: 1 } as never])] }, "'messages.0.content.0.x'"],
    ["no model", { model: undefined }, "required parameter 'model' is missing"],
    ["no messages", { messages: [] }, "parameter 'messages' is not valid"],
    [
      "OpenAI's developer",
      { messages: [{ role: "developer", content: "a" }] },
      "parameter 'messages.0.role' is not valid",
    ],
    ["empty content", { messages: [user("")] }, "message must be at least 1 token long"],
    [
      "an assistant at the end",
      { messages: [{ role: "assistant", content: "a" }] },
      "the last message must be of role user or tool",
    ],
    ["a result without call", { messages: [user("a"), result("y")] }, "tool call id y not found"],
    [
      "a call without result",
      { messages: [user("a"), calling, user("b")] },
      "must be followed by a tool message with tool_call_id x",
    ],
    ["OpenAI's tool_choice", { tools, tool_choice: "auto" }, "parameter 'tool_choice' is not valid"],
    ["a temperature above 1", { temperature: 1.5 }, "parameter 'temperature' is not valid"],
    ["JSON with tools", { tools, response_format: { type: "json_object" } }, "not supported with tools"],
  ])("%s", async (_, change, message) => {
    const response = await post({ ...basic, ...change });
    expect([response.status, await response.json()]).toEqual([
      400,
      { id: expect.any(String), message: expect.stringContaining(message) },
    ]);
  });

  it("embeddings of nothing, of two kinds, or without their type; documents that are none", async () => {
    const embed = { model: "embed-v4.0", input_type: "search_query" };
    expect((await post(embed, "embed")).status).toBe(400);
    expect((await post({ ...embed, texts: ["a"], images: ["b"] }, "embed")).status).toBe(400);
    expect((await post({ model: "m", texts: ["a"] }, "embed")).status).toBe(400);
    expect((await post({ model: "m", query: "a", documents: [{ text: "a" }] }, "rerank")).status).toBe(400);
  });

  it("a request without key, and a wrong one", async () => {
    expect((await post(basic, "chat", {})).status).toBe(401);
    const locked = await startSimulator({ apiKey: "right" });
    const other = new CohereClientV2({ token: "wrong", environment: locked.url });
    await expect(other.chat(basic, once)).rejects.toMatchObject({
      statusCode: 401,
      body: { message: "invalid api token" },
    });
    await locked.close();
  });

  it("has faults in its own envelope, in a stream in the last event", async () => {
    const limited = client.chat(basic, { ...once, headers: { "x-simulate": "status-429" } });
    await expect(limited).rejects.toMatchObject({ statusCode: 429, body: { message: expect.any(String) } });
    const broken = await events(basic, { "x-simulate": "error-mid-stream" });
    expect(broken.at(-1)).toMatchObject({ type: "message-end", delta: { finishReason: "ERROR" } });
    await expect(events(basic, { "x-simulate": "drop-mid-stream" })).rejects.toThrow();
  });
});
