import {
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  CountTokensCommand,
  InvokeModelCommand,
  type ConverseCommandInput,
  type ConverseStreamOutput,
  type Message,
  type ToolResultBlock,
} from "@aws-sdk/client-bedrock-runtime";
import { createServer as createTcp, connect, type AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startSimulator, type Simulator } from "../simulator.ts";
import { simulatedAws } from "./aws-credentials.ts";

let simulator: Simulator;
let client: BedrockRuntimeClient;
let faults = "";

function clientOf(url: string, change: object = {}): BedrockRuntimeClient {
  const { region, ...credentials } = simulatedAws;
  const made = new BedrockRuntimeClient({ endpoint: url, region, credentials, maxAttempts: 1, ...change });
  made.middlewareStack.add(
    (next) => (args) => {
      if (faults) (args.request as { headers: Record<string, string> }).headers["x-simulate"] = faults;
      return next(args);
    },
    { step: "build" },
  );
  return made;
}

beforeAll(async () => {
  simulator = await startSimulator();
  client = clientOf(simulator.url);
});
afterAll(async () => {
  client.destroy();
  await simulator.close();
});
beforeEach(() => void (faults = ""));

const modelId = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const user = (...content: unknown[]): Message => ({ role: "user", content: content as Message["content"] });
const assistant = (...content: unknown[]): Message => ({ role: "assistant", content: content as Message["content"] });
const hello = user({ text: "Hello there" });
const spec = (name: string, json: object) => ({ toolSpec: { name, inputSchema: { json: json as never } } });
const weather = spec("get_weather", { type: "object", properties: { city: { type: "string" } } });
const now = spec("get_time", { type: "object" });
const toolConfig = { tools: [weather, now] };

const ask = (input: Partial<ConverseCommandInput>, by = client) =>
  by.send(new ConverseCommand({ modelId, messages: [hello], ...input }));

async function streamed(input: Partial<ConverseCommandInput>): Promise<ConverseStreamOutput[]> {
  const { stream } = await client.send(new ConverseStreamCommand({ modelId, messages: [hello], ...input }));
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}

const namesOf = (events: ConverseStreamOutput[]) => [...new Set(events.map((event) => Object.keys(event)[0]))];

describe("the simulated Bedrock, asked by AWS's own client", () => {
  it("answers whole and streamed alike, over HTTP/2 and HTTP/1.1", async () => {
    const whole = await ask({});
    const text = whole.output?.message?.content?.[0]?.text;
    expect(text).toContain("Hello there");
    expect(whole).toMatchObject({ stopReason: "end_turn", usage: { inputTokens: expect.any(Number) } });
    const events = await streamed({});
    expect(namesOf(events)).toEqual([
      "messageStart",
      "contentBlockDelta",
      "contentBlockStop",
      "messageStop",
      "metadata",
    ]);
    expect(events.map((event) => event.contentBlockDelta?.delta?.text ?? "").join("")).toBe(text);
    const { NodeHttpHandler } = await import("@smithy/node-http-handler");
    const other = clientOf(simulator.url, { requestHandler: new NodeHttpHandler() });
    expect(await ask({}, other)).toMatchObject({ stopReason: "end_turn" });
    other.destroy();
  });

  it("goes through a loop of calls in parallel and in turn", async () => {
    const messages = [user({ text: "Call get_weather and get_time, then get_time" })];
    for (const names of [["get_weather", "get_time"], ["get_time"]]) {
      const { output, stopReason } = await ask({ messages, toolConfig });
      expect(stopReason).toBe("tool_use");
      const calls = output?.message?.content?.map((block) => block.toolUse) ?? [];
      expect(calls.map((call) => call?.name)).toEqual(names);
      expect(calls.at(-1)?.input).toEqual({});
      const results = calls.map((call): { toolResult: ToolResultBlock } => ({
        toolResult: { toolUseId: call?.toolUseId, content: [{ json: { sky: "blue" } }] },
      }));
      messages.push(output?.message as Message, user(...results));
    }
    const last = await ask({ messages, toolConfig });
    expect(last.output?.message?.content?.[0]?.text).toContain('{"sky":"blue"}');
  });

  it("streams a call's arguments in fragments that join", async () => {
    const events = await streamed({ messages: [user({ text: 'Use get_weather {"city":"Ōsaka"}' })], toolConfig });
    expect(events[1]?.contentBlockStart?.start?.toolUse?.name).toBe("get_weather");
    const fragments = events.flatMap((event) => event.contentBlockDelta?.delta?.toolUse?.input ?? []);
    expect(fragments.length).toBeGreaterThan(2);
    expect(JSON.parse(fragments.join(""))).toEqual({ city: "Ōsaka" });
  });

  it("reasons when asked, and takes its reasoning back unchanged only", async () => {
    const thinking = { type: "enabled", budget_tokens: 1024 };
    const input = { additionalModelRequestFields: { thinking }, inferenceConfig: { maxTokens: 2000 } };
    const { output } = await ask(input);
    const reasoning = output?.message?.content?.[0]?.reasoningContent?.reasoningText;
    expect(reasoning).toMatchObject({ text: expect.any(String), signature: expect.any(String) });
    const again = (text: string) =>
      ask({
        ...input,
        messages: [hello, assistant({ reasoningContent: { reasoningText: { ...reasoning, text } } }), hello],
      });
    expect((await again(reasoning?.text ?? "")).stopReason).toBe("end_turn");
    await expect(again("other")).rejects.toThrow("Invalid `signature` in `thinking` block");
    const deltas = (await streamed(input)).flatMap((event) => event.contentBlockDelta?.delta?.reasoningContent ?? []);
    expect(deltas.at(-1)?.signature).toBe(reasoning?.signature);
    faults = "redacted-thinking";
    const redacted = (await streamed(input)).flatMap((event) => event.contentBlockDelta?.delta?.reasoningContent ?? []);
    expect(redacted[0]?.redactedContent?.length).toBeGreaterThan(10);
  });

  it("follows a schema, a limit and stop sequences, and filters on demand", async () => {
    const schema = JSON.stringify({ type: "object", properties: { n: { type: "integer" } } });
    const textFormat = { type: "json_schema" as const, structure: { jsonSchema: { schema, name: "n" } } };
    expect((await ask({ outputConfig: { textFormat } })).output?.message?.content?.[0]?.text).toBe('{"n":1}');
    expect((await ask({ inferenceConfig: { maxTokens: 2 } })).stopReason).toBe("max_tokens");
    expect((await ask({ inferenceConfig: { stopSequences: ["no model"] } })).stopReason).toBe("stop_sequence");
    faults = "content-filter";
    expect((await ask({})).stopReason).toBe("content_filtered");
  });

  it("says what images and documents arrived", async () => {
    const image = { format: "png", source: { bytes: Buffer.from("0123456789") } };
    const document = { format: "pdf", name: "a file", source: { bytes: Buffer.from("pdf") } };
    const { output } = await ask({ messages: [user({ image }, { document }, { text: "What is it?" })] });
    expect(output?.message?.content?.[0]?.text).toContain("image/png of 10 bytes, document/pdf of 3 bytes");
  });

  it("caches up to a cache point, and counts tokens", async () => {
    const system = [{ text: `Long rules ${Math.random()}` }, { cachePoint: { type: "default" as const } }];
    const first = (await ask({ system })).usage;
    const second = (await ask({ system })).usage;
    expect(first?.cacheWriteInputTokens).toBeGreaterThan(0);
    expect(second).toMatchObject({ cacheReadInputTokens: first?.cacheWriteInputTokens, cacheWriteInputTokens: 0 });
    const input = { converse: { messages: [hello] } };
    const { inputTokens } = await client.send(new CountTokensCommand({ modelId, input }));
    expect(inputTokens).toBe((await ask({})).usage?.inputTokens);
  });

  it("embeds by Titan and by Cohere", async () => {
    const invoke = async (id: string, body: object): Promise<Record<string, never[]>> => {
      const { body: bytes } = await client.send(new InvokeModelCommand({ modelId: id, body: JSON.stringify(body) }));
      return JSON.parse(Buffer.from(bytes).toString()) as Record<string, never[]>;
    };
    const titan = await invoke("amazon.titan-embed-text-v2:0", { inputText: "a", dimensions: 256 });
    expect(titan["embedding"]).toHaveLength(256);
    const body = { texts: ["a", "b"], input_type: "search_query", embedding_types: ["float"] };
    expect(await invoke("cohere.embed-english-v3", body)).toMatchObject({ embeddings: { float: { length: 2 } } });
    await expect(invoke("amazon.titan-embed-text-v2:0", { input: "a" })).rejects.toThrow(
      "required key [inputText] not found",
    );
    await expect(invoke("amazon.titan-embed-text-v2:0", { inputText: "a", x: 1 })).rejects.toThrow(
      "extraneous key [x]",
    );
  });
});

const call = (toolUseId = "t1") => ({ toolUse: { toolUseId, name: "get_time", input: {} } });
const result = (toolUseId = "t1") => ({ toolResult: { toolUseId, content: [{ text: "noon" }] } });

describe("what it refuses", () => {
  it.each<[string, object, string]>([
    ["an assistant first", { messages: [assistant({ text: "a" })] }, "A conversation must start with a user message."],
    ["no messages", { messages: [] }, "A conversation must start with a user message."],
    ["one role twice", { messages: [hello, hello] }, "A conversation must alternate between user and assistant roles."],
    ["empty content", { messages: [user()] }, "The content field in the Message object at messages.0 is empty."],
    ["a blank text", { messages: [user({ text: " " })] }, "ContentBlock object at messages.0.content.0 is blank."],
    [
      "tool blocks without toolConfig",
      { messages: [hello, assistant(call()), user(result())] },
      "The toolConfig field must be defined",
    ],
    [
      "a call without result",
      { toolConfig, messages: [hello, assistant(call()), hello] },
      "Expected toolResult blocks at messages.2.content for the following Ids: t1",
    ],
    [
      "more results than calls",
      { toolConfig, messages: [hello, assistant(call()), user(result(), result("t2"))] },
      "exceeds the number of toolUse blocks",
    ],
    [
      "a call's bad id",
      { toolConfig, messages: [hello, assistant(call("a:b")), user(result("a:b"))] },
      "'messages.2.member.content.1.member.toolUse.toolUseId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
    ],
    [
      "a tool's bad name",
      { toolConfig: { tools: [spec("a.b", { type: "object" })] } },
      "'toolConfig.tools.1.member.toolSpec.name'",
    ],
    [
      "a tool's open schema",
      { toolConfig: { tools: [spec("a", {})] } },
      "toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.",
    ],
    [
      "a temperature above 1",
      { inferenceConfig: { temperature: 1.5 } },
      "Member must have value less than or equal to 1",
    ],
    [
      "temperature by a newer Claude",
      { modelId: "us.anthropic.claude-opus-4-7", inferenceConfig: { temperature: 0 } },
      "`temperature` is deprecated for this model.",
    ],
    [
      "an unknown field of Claude's",
      { additionalModelRequestFields: { seed: 1 } },
      "seed: Extra inputs are not permitted",
    ],
    [
      "a document's bad name",
      { messages: [user({ document: { name: "a.pdf", format: "pdf", source: { bytes: Buffer.from("a") } } })] },
      "The file name can only contain",
    ],
    [
      "an unknown format",
      { messages: [user({ image: { format: "tiff", source: { bytes: Buffer.from("a") } } })] },
      "Member must satisfy enum value set: [png, jpeg, gif, webp]",
    ],
  ])("%s", async (_, input, message) => {
    await expect(ask(input)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message),
    });
  });

  const bearer = { "content-type": "application/json", authorization: "Bearer bedrock-api-key-x" };
  const post = (body: object, headers: Record<string, string> = bearer) =>
    fetch(`${simulator.url}/model/${encodeURIComponent(modelId)}/converse`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
    });

  it.each<[string, object, string]>([
    ["an unknown field", { messages: [hello], max_tokens: 1 }, "#: extraneous key [max_tokens] is not permitted"],
    [
      "one in a block",
      { messages: [user({ text: "a", type: "text" })] },
      "#/messages/0/content/0: extraneous key [type] is not",
    ],
    [
      "a block that is two",
      { messages: [user({ text: "a", cachePoint: { type: "default" } })] },
      "exactly one of its fields",
    ],
    [
      "no role",
      { messages: [{ content: [] }] },
      "Value null at 'messages.1.member.role' failed to satisfy constraint: Member must not be null",
    ],
  ])("%s, which the client would not send", async (_, body, message) => {
    const response = await post(body);
    expect([response.status, await response.json()]).toEqual([400, { message: expect.stringContaining(message) }]);
  });

  it("takes an API key in place of a signature", async () => {
    expect((await post({ messages: [hello] })).status).toBe(200);
    const locked = await startSimulator({ apiKey: "right" });
    const token = (value: string) =>
      clientOf(locked.url, { token: { token: value }, authSchemePreference: ["httpBearerAuth"] });
    expect((await ask({}, token("right"))).stopReason).toBe("end_turn");
    await expect(ask({}, token("wrong"))).rejects.toMatchObject({ name: "AccessDeniedException" });
    await locked.close();
  });
});

describe("the signature", () => {
  const credentials = (change: object) => ({ credentials: { ...simulatedAws, ...change } });

  it.each<[string, object, string, string]>([
    [
      "another secret",
      credentials({ secretAccessKey: "other" }),
      "InvalidSignatureException",
      "does not match the signature you provided",
    ],
    ["an unknown key", credentials({ accessKeyId: "OTHER" }), "UnrecognizedClientException", "security token included"],
    ["another region", { region: "eu-west-1" }, "InvalidSignatureException", "scoped to a valid region"],
    [
      "a clock that is an hour late",
      { systemClockOffset: -3_600_000 },
      "InvalidSignatureException",
      "Signature expired",
    ],
  ])("is refused by %s", async (_, change, name, message) => {
    const other = clientOf(simulator.url, change);
    const error = await ask({}, other).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 403 },
    });
    other.destroy();
  });

  it("covers the session token", async () => {
    const aws = { ...simulatedAws, sessionToken: "session" };
    const strict = await startSimulator({ aws });
    const known = clientOf(strict.url, { credentials: aws });
    expect((await ask({}, known)).stopReason).toBe("end_turn");
    await expect(ask({}, clientOf(strict.url))).rejects.toMatchObject({ name: "UnrecognizedClientException" });
    await strict.close();
  });

  it("covers the body, the path and the headers: what is changed on the way is refused", async () => {
    const { NodeHttpHandler } = await import("@smithy/node-http-handler");
    const changes: [RegExp, string][] = [
      [/Hello/, "Jello"],
      [/sonnet-4-5/, "sonnet-4-6"],
      [/content-type: application\/json/i, "content-type: application/jsom"],
    ];
    for (const [from, to] of changes) {
      const middle = await startChanging(simulator.port, from, to);
      const host = `127.0.0.1:${simulator.port}`;
      const other = clientOf(`http://127.0.0.1:${middle.port}`, { requestHandler: new NodeHttpHandler() });
      other.middlewareStack.add(
        (next) => (args) => {
          (args.request as { headers: Record<string, string> }).headers["host"] = host;
          return next(args);
        },
        { step: "build", priority: "low" },
      );
      await expect(ask({}, other), String(from)).rejects.toMatchObject({ name: "InvalidSignatureException" });
      other.destroy();
      middle.close();
    }
  });
});

/** A relay that changes the bytes of what it hands on. */
async function startChanging(port: number, from: RegExp, to: string): Promise<{ port: number; close(): void }> {
  const server = createTcp((socket) => {
    const onward = connect(port, "127.0.0.1");
    socket.on("data", (chunk: Buffer) =>
      onward.write(Buffer.from(chunk.toString("latin1").replace(from, to), "latin1")),
    );
    onward.pipe(socket);
    socket.on("close", () => onward.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}

describe("its faults", () => {
  it.each([
    ["status-429, retry-after-2", "ThrottlingException"],
    ["status-503", "ServiceUnavailableException"],
    ["status-424", "ModelErrorException"],
    ["status-500", "InternalServerException"],
  ])("%s is %s", async (fault, name) => {
    faults = fault;
    await expect(ask({})).rejects.toMatchObject({ name });
    await expect(streamed({})).rejects.toMatchObject({ name });
  });

  it("break a stream by an exception, by a wrong checksum, by a cut", async () => {
    faults = "error-mid-stream";
    await expect(streamed({})).rejects.toMatchObject({ name: "ServiceUnavailableException" });
    faults = "malformed-sse";
    await expect(streamed({})).rejects.toThrow(/checksum/i);
    faults = "drop-mid-stream";
    await expect(streamed({})).rejects.toThrow();
    faults = "split-7, words-5";
    expect(namesOf(await streamed({}))).toContain("metadata");
  });
});
