import {
  FunctionCallingConfigMode,
  GoogleGenAI,
  type Content,
  type FunctionCall,
  type GenerateContentParameters,
  type Part,
} from "@google/genai";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";

let simulator: Simulator;
let client: GoogleGenAI;

beforeAll(async () => {
  simulator = await startSimulator();
  client = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl: simulator.url } });
});
afterAll(() => simulator.close());

const model = "gemini-2.5-flash";
const gemini3 = "gemini-3-pro-preview";
const basic = { model, contents: "Hello there" };
const weather = {
  name: "get_weather",
  parametersJsonSchema: { type: "object", properties: { city: { type: "string" } } },
};
const now = { name: "get_time" };
const tools = [{ functionDeclarations: [weather, now] }];
const simulate = (faults: string) => ({ httpOptions: { headers: { "x-simulate": faults } } });

async function streamed(params: GenerateContentParameters): Promise<{ text: string; parts: Part[]; finish: unknown }> {
  const parts: Part[] = [];
  let finish: unknown;
  for await (const chunk of await client.models.generateContentStream(params)) {
    parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    finish = chunk.candidates?.[0]?.finishReason;
  }
  const text = parts
    .filter((part) => !part.thought)
    .map((part) => part.text ?? "")
    .join("");
  return { text, parts, finish };
}

describe("the simulated Gemini, asked by its own client", () => {
  it("answers whole and streamed alike", async () => {
    const whole = await client.models.generateContent(basic);
    expect(whole.text).toContain("Hello there");
    expect(whole.usageMetadata?.promptTokenCount).toBeGreaterThan(0);
    expect(await streamed(basic)).toMatchObject({ text: whole.text, finish: "STOP" });
  });

  it("streams one JSON list when no events are asked for", async () => {
    const response = await ask({ contents: [{ parts: [{ text: "Hi" }] }] }, `models/${model}:streamGenerateContent`);
    const chunks = (await response.json()) as { candidates: { finishReason?: string }[] }[];
    expect(chunks.length).toBeGreaterThan(3);
    expect(chunks.at(-1)?.candidates[0]?.finishReason).toBe("STOP");
  });

  it.each([model, gemini3])("goes through a loop of calls in parallel and in turn: %s", async (name) => {
    const contents: Content[] = [{ role: "user", parts: [{ text: "Call get_weather and get_time, then get_time" }] }];
    const results = ["sunny", "noon"];
    for (const calls of [["get_weather", "get_time"], ["get_time"]]) {
      const { candidates } = await client.models.generateContent({ model: name, contents, config: { tools } });
      const content = candidates?.[0]?.content as Content;
      expect(content.parts?.map((part) => part.functionCall?.name)).toEqual(calls);
      expect(content.parts?.[0]?.thoughtSignature !== undefined).toBe(name === gemini3);
      const parts = (content.parts ?? []).map(({ functionCall }) => ({
        functionResponse: { id: functionCall?.id ?? "", name: functionCall?.name ?? "", response: { results } },
      }));
      contents.push(content, { role: "user", parts });
    }
    const last = await client.models.generateContent({ model: name, contents, config: { tools } });
    expect(last.text).toContain('"sunny","noon"');
    const unsigned = contents.map(({ role, parts }) => ({
      role: role ?? "user",
      parts: (parts ?? []).map((part) =>
        Object.fromEntries(Object.entries(part).filter(([name]) => name !== "thoughtSignature")),
      ),
    }));
    const again = client.models.generateContent({ model: name, contents: unsigned, config: { tools } });
    if (name === gemini3) await expect(again).rejects.toThrow("is missing a thought_signature in functionCall parts");
    else expect((await again).text).toContain("sunny");
  });

  it.each([model, gemini3])("takes back a content for each chunk, as its client's own loop sends: %s", async (name) => {
    const asked = "Use get_weather and get_time, then get_time";
    const callTool = (calls: FunctionCall[]): Promise<Part[]> =>
      Promise.resolve(
        calls.map(({ id, name }) => ({ functionResponse: { id: id!, name: name!, response: { ok: id } } })),
      );
    const config = { tools: [{ tool: () => Promise.resolve({ functionDeclarations: [weather, now] }), callTool }] };
    const { parts, text } = await streamed({ model: name, contents: asked, config });
    const called = parts.flatMap(({ functionCall }) => functionCall?.name ?? []);
    expect(called).toEqual(["get_weather", "get_time", "get_time"]);
    expect(text).toContain("The tools gave");
  });

  it("gives a call without arguments empty ones, and follows the calling mode", async () => {
    const config = {
      tools,
      toolConfig: {
        functionCallingConfig: { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ["get_time"] },
      },
    };
    const { functionCalls } = await client.models.generateContent({ ...basic, config });
    expect(functionCalls).toMatchObject([{ name: "get_time", args: {} }]);
    const none = { tools, toolConfig: { functionCallingConfig: { mode: FunctionCallingConfigMode.NONE } } };
    expect((await client.models.generateContent({ ...basic, config: none })).functionCalls).toBeUndefined();
  });

  it("shows its thoughts when asked to, and counts them", async () => {
    const config = { thinkingConfig: { includeThoughts: true } };
    const { parts } = await streamed({ ...basic, config });
    expect(parts[0]).toMatchObject({ thought: true, text: "Simulated" });
    const { usageMetadata } = await client.models.generateContent({ ...basic, config });
    expect(usageMetadata?.thoughtsTokenCount).toBeGreaterThan(3);
  });

  it("follows a schema, a limit and stop sequences; blocks and filters on demand", async () => {
    const responseSchema = { type: "OBJECT", properties: { n: { type: "INTEGER" } } } as never;
    const json = { responseMimeType: "application/json", responseSchema };
    expect((await client.models.generateContent({ ...basic, config: json })).text).toBe('{"n":1}');
    expect((await streamed({ ...basic, config: { maxOutputTokens: 3 } })).finish).toBe("MAX_TOKENS");
    const stopped = await client.models.generateContent({ ...basic, config: { stopSequences: ["no model"] } });
    expect(stopped.text).toBe("This is a simulated answer: ");
    const refused = await client.models.generateContent({ ...basic, config: simulate("refusal") });
    expect(refused).toMatchObject({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } });
    const filtered = await client.models.generateContent({ ...basic, config: simulate("content-filter, cached-2") });
    expect(filtered).toMatchObject({
      candidates: [{ finishReason: "SAFETY" }],
      usageMetadata: { cachedContentTokenCount: 2 },
    });
  });

  it("says what arrived beside the text", async () => {
    const parts = [{ inlineData: { mimeType: "image/png", data: "iVBORw0KGgo=" } }, { text: "What is it?" }];
    expect((await client.models.generateContent({ model, contents: { parts } })).text).toContain(
      "image/png of 8 bytes",
    );
  });

  it("counts tokens and embeds", async () => {
    const { totalTokens } = await client.models.countTokens(basic);
    expect(totalTokens).toBe((await client.models.generateContent(basic)).usageMetadata?.promptTokenCount);
    const embedded = await client.models.embedContent({
      model: "gemini-embedding-001",
      contents: ["a", "b"],
      config: { outputDimensionality: 4 },
    });
    expect(embedded.embeddings?.map(({ values }) => values?.length)).toEqual([4, 4]);
    const one = await ask({ content: { parts: [{ text: "a" }] } }, "models/gemini-embedding-001:embedContent");
    expect(((await one.json()) as { embedding: { values: number[] } }).embedding.values).toHaveLength(3072);
  });
});

function ask(
  body: object,
  path = `models/${model}:generateContent`,
  headers: Record<string, string> = { "x-goog-api-key": "k" },
) {
  return fetch(`${simulator.url}/v1beta/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

const user = (...parts: object[]) => ({ role: "user", parts });
const call = { functionCall: { name: "f", args: {} } };
const result = { functionResponse: { name: "f", response: {} } };
const declare = (declaration: object) => ({ tools: [{ functionDeclarations: [declaration] }] });
const hi = user({ text: "Hi" });

describe("what it refuses", () => {
  it.each<[string, object, string]>([
    [
      "an unknown field",
      { messages: [] },
      'Invalid JSON payload received. Unknown name "messages": Cannot find field.',
    ],
    [
      "one in a part",
      { contents: [user({ text: "a", type: "text" })] },
      `Unknown name "type" at 'contents[0].parts[0]'`,
    ],
    [
      "one in a schema",
      declare({
        name: "f",
        parameters: {
          type: "object",
          properties: { a: { type: "string" }, b: { type: "object", additionalProperties: false } },
        },
      }),
      `Unknown name "additionalProperties" at 'tools[0].function_declarations[0].parameters.properties[1].value': Cannot find field.`,
    ],
    [
      "one in snake case's company",
      { generation_config: { max_tokens: 1 } },
      `Unknown name "max_tokens" at 'generation_config'`,
    ],
    [
      "a wrong type",
      { generationConfig: { temperature: "hot" } },
      `Invalid value at 'generation_config.temperature' (TYPE_FLOAT), "hot"`,
    ],
    [
      "an unknown value",
      { toolConfig: { functionCallingConfig: { mode: "any" } } },
      `Invalid value at 'tool_config.function_calling_config.mode' (type.googleapis.com/google.ai.generativelanguage.v1beta.FunctionCallingConfig.Mode), "any"`,
    ],
    [
      "what is no base64",
      { contents: [user({ inlineData: { mimeType: "image/png", data: "?" } })] },
      'Base64 decoding failed for "?"',
    ],
    ["no contents", { contents: [] }, "contents is not specified"],
    ["no parts", { contents: [{ role: "user", parts: [] }] }, "contents.parts must not be empty."],
    ["an empty part", { contents: [user({})] }, "required oneof field 'data' must have one initialized field"],
    [
      "a part that is two",
      { contents: [user({ text: "a", ...call })] },
      "oneof field 'data' is already set. Cannot set 'functionCall'",
    ],
    [
      "an unknown role",
      { contents: [{ role: "assistant", parts: [{ text: "a" }] }] },
      "Please use a valid role: user, model.",
    ],
    [
      "a result without call",
      { contents: [hi, user(result)] },
      "function response turn comes immediately after a function call turn.",
    ],
    [
      "a call without result",
      { contents: [hi, { role: "model", parts: [call] }, hi] },
      "number of function response parts is equal",
    ],
    [
      "fewer results than calls",
      { contents: [hi, { role: "model", parts: [call, call] }, user(result)] },
      "number of function response parts is equal",
    ],
    [
      "a call out of turn",
      { contents: [{ role: "model", parts: [call] }, user(result)] },
      "function call turn comes immediately after a user turn",
    ],
    [
      "a result without name",
      { contents: [hi, { role: "model", parts: [call] }, user({ functionResponse: { response: {} } })] },
      "function_response.name: Name cannot be empty.",
    ],
    [
      "a foreign signature",
      { contents: [hi, { role: "model", parts: [{ text: "a", thoughtSignature: "YWJj" }] }, hi] },
      "Corrupted thought signature.",
    ],
    [
      "a function's bad name",
      declare({ name: "a b" }),
      "Invalid function name. Must start with a letter or an underscore.",
    ],
    [
      "an array without items",
      declare({ name: "f", parameters: { type: "OBJECT", properties: { a: { type: "ARRAY" } } } }),
      "parameters.properties[a].items: missing field.",
    ],
    [
      "an object without properties",
      declare({ name: "f", parameters: { type: "OBJECT" } }),
      "parameters.properties: should be non-empty for OBJECT type",
    ],
    [
      "a required property that is none",
      declare({ name: "f", parameters: { type: "OBJECT", properties: { a: { type: "STRING" } }, required: ["b"] } }),
      "required[0]: property is not defined",
    ],
    [
      "both of budget and level",
      { generationConfig: { thinkingConfig: { thinkingBudget: 1, thinkingLevel: "LOW" } } },
      "only set only one of thinking budget and thinking level",
    ],
    [
      "a level by Gemini 2.5",
      { generationConfig: { thinkingConfig: { thinkingLevel: "LOW" } } },
      "Thinking level is not supported for this model.",
    ],
    [
      "a schema without its mime type",
      { generationConfig: { responseSchema: { type: "STRING" } } },
      "generation_config.response_schema: only supported",
    ],
    [
      "a temperature out of range",
      { generationConfig: { temperature: 3 } },
      "temperature must be in the range [0.0, 2.0]",
    ],
  ])("%s", async (_, change, message) => {
    const response = await ask({ contents: [hi], ...change });
    const body = (await response.json()) as { error: { message: string } };
    expect([response.status, body]).toMatchObject([400, { error: { code: 400, status: "INVALID_ARGUMENT" } }]);
    expect(body.error.message).toContain(message);
  });

  it("takes snake case, lists of one without brackets, and the documented placeholder of signatures", async () => {
    const body = { contents: { parts: { text: "Hi" } }, generation_config: { max_output_tokens: "2" } };
    expect(await (await ask(body)).json()).toMatchObject({ candidates: [{ finishReason: "MAX_TOKENS" }] });
    const signed = { ...call, thoughtSignature: "context_engineering_is_the_way_to_go" };
    const contents = [hi, { role: "model", parts: [signed] }, user(result)];
    expect((await ask({ contents }, `models/${gemini3}:generateContent`)).status).toBe(200);
  });

  it("a request without key, and a wrong key", async () => {
    const body = { contents: [hi] };
    expect((await ask(body, `models/${model}:generateContent`, {})).status).toBe(403);
    expect((await ask(body, `models/${model}:generateContent?key=k`, {})).status).toBe(200);
    const locked = await startSimulator({ apiKey: "right" });
    const other = new GoogleGenAI({ apiKey: "wrong", httpOptions: { baseUrl: locked.url } });
    await expect(other.models.generateContent(basic)).rejects.toThrow("API_KEY_INVALID");
    await locked.close();
  });

  it("has faults in Google's envelope, a refused stream as a list", async () => {
    await expect(client.models.generateContent({ ...basic, config: simulate("status-429") })).rejects.toMatchObject({
      status: 429,
      message: expect.stringContaining("RESOURCE_EXHAUSTED"),
    });
    await expect(streamed({ ...basic, config: simulate("error-mid-stream") })).rejects.toThrow("UNAVAILABLE");
    await expect(streamed({ ...basic, config: simulate("malformed-sse") })).rejects.toThrow();
    const list = await ask({ contents: [] }, `models/${model}:streamGenerateContent`);
    expect(await list.json()).toMatchObject([{ error: { code: 400 } }]);
    const broken = await ask({ contents: [hi] }, `models/${model}:streamGenerateContent`, {
      "x-goog-api-key": "k",
      "x-simulate": "error-mid-stream",
    });
    expect(((await broken.json()) as object[]).at(-1)).toMatchObject({ error: { status: "UNAVAILABLE" } });
  });
});
