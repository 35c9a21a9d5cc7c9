// What Bedrock's dialect makes of requests: for the models that it serves, and what it mends and refuses.
import { beforeAll, describe, expect, test } from "vitest";
import { type Codec, loadCodec } from "./codec.ts";

let codec: Codec;
const [claude, olderClaude] = [
  "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
  "anthropic.claude-3-7-sonnet-20250219-v1:0",
];
const [nova, llama] = ["us.amazon.nova-2-lite-v1:0", "meta.llama3-3-70b-instruct-v1:0"];
const hidden = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4";
const user = { role: "user", content: "Hi" };
const tool = { type: "function", function: { name: "look", parameters: { type: "object", properties: {} } } };
const spec = { toolSpec: { name: "look", inputSchema: { json: { type: "object", properties: {} } } } };
const schema = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
const called = [
  user,
  {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }],
  },
  { role: "tool", tool_call_id: "c1", content: "A heron" },
];

beforeAll(async () => {
  codec = await loadCodec();
});

interface Told {
  body: Record<string, unknown>;
  dropped: string;
}

/** What Bedrock gets of a request of OpenAI's form. */
function chat(model: string, members: object = {}): Told {
  const { text, dropped } = codec.request(
    "openai-chat",
    "bedrock",
    JSON.stringify({ model, messages: [user], ...members }),
  );
  return { body: JSON.parse(text) as Told["body"], dropped };
}

/** What Bedrock gets of a request of Anthropic's form. */
function message(model: string, members: object): Told {
  const whole = { model, max_tokens: 100, messages: [user], ...members };
  const { text, dropped } = codec.request("anthropic", "bedrock", JSON.stringify(whole));
  return { body: JSON.parse(text) as Told["body"], dropped };
}

/** The content of the only message that a user's parts become. */
function contentOf(model: string, ...content: object[]): unknown {
  return (chat(model, { messages: [{ role: "user", content }] }).body["messages"] as { content: unknown }[])[0]
    ?.content;
}

describe("what each family knows by another name", () => {
  test.each([
    [olderClaude, { top_k: 5 }, ""],
    [nova, { inferenceConfig: { topK: 5 } }, ""],
    ["cohere.command-r-plus-v1:0", { k: 5 }, ""],
    ["mistral.mistral-large-3-675b-instruct", { top_k: 5 }, ""],
    [llama, undefined, "top_k"],
    ["openai.gpt-oss-120b-1:0", undefined, "top_k"],
  ])("top_k of %s", (model, fields, dropped) => {
    const told = message(model, { top_k: 5 });
    expect([told.body["additionalModelRequestFields"], told.dropped]).toEqual([fields, dropped]);
  });

  test.each([
    [claude, "low", { additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 2048 } } }, ""],
    ["global.anthropic.claude-opus-4-6-v1", "xhigh", { outputConfig: { effort: "high" } }, ""],
    [
      nova,
      "minimal",
      { additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "low" } } },
      "",
    ],
    [
      nova,
      "high",
      { additionalModelRequestFields: { reasoningConfig: { type: "enabled", maxReasoningEffort: "high" } } },
      "",
    ],
    ["openai.gpt-oss-120b-1:0", "xhigh", { additionalModelRequestFields: { reasoning_effort: "high" } }, ""],
    ["openai.gpt-5.6-terra", "xhigh", { additionalModelRequestFields: { reasoning_effort: "xhigh" } }, ""],
    ["us.amazon.nova-pro-v1:0", "low", {}, "reasoning_effort"],
    [llama, "low", {}, "reasoning_effort"],
    [llama, "none", {}, ""],
  ])("thinking of %s at %s", (model, effort, members, dropped) => {
    const told = chat(model, { reasoning_effort: effort });
    expect(told.body).toMatchObject(members);
    expect(told.dropped).toBe(dropped);
    if (!Object.keys(members).length) expect(told.body).not.toHaveProperty("additionalModelRequestFields");
  });

  test("Nova thinks no harder than a limit and a temperature allow", () => {
    const limited = chat(nova, { reasoning_effort: "high", max_tokens: 500, temperature: 0.2 });
    const config = { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } };
    expect(limited.body).toMatchObject({
      inferenceConfig: { maxTokens: 500, temperature: 0.2 },
      additionalModelRequestFields: config,
    });
    const free = chat(nova, { reasoning_effort: "high", temperature: 0.2 });
    expect([free.body["inferenceConfig"], free.dropped]).toEqual([undefined, "temperature"]);
  });

  test("cache marks go to Claude and Nova, among tools to Claude alone", () => {
    const cache = { cache_control: { type: "ephemeral", ttl: "1h" } };
    const members = {
      messages: [{ role: "user", content: [{ type: "text", text: "Hi", ...cache }] }],
      tools: [{ ...tool, ...cache }],
    };
    const point = { cachePoint: { type: "default", ttl: "1h" } };
    const told = (model: string) => {
      const { body, dropped } = chat(model, members);
      const { content } = (body["messages"] as [{ content: object[] }])[0];
      return [content.length, (body["toolConfig"] as { tools: object[] }).tools, dropped];
    };
    expect(told(claude)).toEqual([2, [spec, point], ""]);
    expect(told(hidden)).toEqual([2, [spec, point], ""]);
    expect(told(nova)).toEqual([2, [spec], "cache_control"]);
    expect(told(llama)).toEqual([1, [spec], "cache_control"]);
  });

  test("a tool's failure is told to Claude and Nova", () => {
    const content = [{ type: "tool_result", tool_use_id: "t1", is_error: true }];
    const result = { toolUseId: "t1", content: [{ text: "(empty)" }] };
    const messages = [
      user,
      { role: "assistant", content: [{ type: "tool_use", id: "t1", name: "look", input: {} }] },
      { role: "user", content },
    ];
    const told = (model: string) => message(model, { messages });
    expect(told(nova).body).toHaveProperty("messages.2.content", [{ toolResult: { ...result, status: "error" } }]);
    expect(told(llama).body).toHaveProperty("messages.2.content", [{ toolResult: result }]);
    expect(told(llama).dropped).toBe("tool_result.is_error");
  });
});

describe("a conversation is mended", () => {
  const placeholder = { role: "user", content: [{ text: "Continue." }] };

  test("where the assistant opens it, or nobody", () => {
    expect(chat(claude, { messages: [{ role: "assistant", content: "Hello" }, user] }).body["messages"]).toEqual([
      placeholder,
      { role: "assistant", content: [{ text: "Hello" }] },
      { role: "user", content: [{ text: "Hi" }] },
    ]);
    expect(chat(claude, { messages: [{ role: "system", content: "Be terse." }] }).body).toMatchObject({
      system: [{ text: "Be terse." }],
      messages: [placeholder],
    });
  });

  test("where a turn says nothing: its neighbours become one", () => {
    const messages = [user, { role: "assistant", content: " \n" }, { role: "user", content: "Still there?" }];
    expect(chat(claude, { messages }).body["messages"]).toEqual([
      { role: "user", content: [{ text: "Hi" }, { text: "Still there?" }] },
    ]);
  });

  test("where tools were called that are not defined", () => {
    const { body } = chat(claude, { messages: called });
    expect(body).toMatchObject({
      toolConfig: { tools: [spec] },
      additionalModelRequestFields: { tool_choice: { type: "none" } },
    });
    expect(chat(llama, { messages: called }).body["toolConfig"]).toEqual({ tools: [spec] });
  });

  test("where an id is too long: call and result still meet", () => {
    const id = `${"x".repeat(70)}.${"y".repeat(60)}`;
    const [first, call, result] = called as [object, { tool_calls: object[] }, object];
    const messages = [first, { ...call, tool_calls: [{ ...call.tool_calls[0], id }] }, { ...result, tool_call_id: id }];
    const sent = JSON.stringify(chat(claude, { messages }).body["messages"]);
    expect(sent.match(/"toolUseId":"([^"]*)"/g)).toEqual(Array(2).fill(`"toolUseId":"xxx_${"y".repeat(60)}"`));
  });
});

describe("tool choice", () => {
  const members = { messages: called, tools: [tool] };

  test("none keeps the tools of a history, and says so where it can", () => {
    expect(chat(claude, { ...members, tool_choice: "none" })).toMatchObject({
      body: { toolConfig: { tools: [spec] }, additionalModelRequestFields: { tool_choice: { type: "none" } } },
      dropped: "",
    });
    expect(chat(nova, { ...members, tool_choice: "none" }).dropped).toBe("tool_choice");
    expect(chat(nova, { tools: [tool], tool_choice: "none" }).body).not.toHaveProperty("toolConfig");
  });

  test("of Claude's own takes the place of Converse's", () => {
    const own = chat(claude, { tools: [tool], parallel_tool_calls: false }).body;
    expect(own["toolConfig"]).toEqual({ tools: [spec] });
    expect(own["additionalModelRequestFields"]).toEqual({
      tool_choice: { type: "auto", disable_parallel_tool_use: true },
    });
    const forced = chat(claude, { tools: [tool], parallel_tool_calls: false, tool_choice: "required" });
    expect(forced.body["toolConfig"]).toEqual({ tools: [spec], toolChoice: { any: {} } });
    expect(forced.body).not.toHaveProperty("additionalModelRequestFields");
    expect(forced.dropped).toBe("parallel_tool_calls");
    expect(chat(nova, { tools: [tool], parallel_tool_calls: false }).dropped).toBe("parallel_tool_calls");
  });
});

describe("media", () => {
  const file = (name: string, type: string, data = "JVBERi0=") => ({
    type: "file",
    file: { filename: name, file_data: `data:${type};base64,${data}` },
  });

  test.each([
    ["report.pdf", "application/pdf", "pdf", "report"],
    ["Q3_2025 (final)  [v2].docx", "application/octet-stream", "docx", "Q3-2025 (final) [v2]"],
    ["Übersicht.CSV", "text/csv; charset=utf-8", "csv", "-bersicht"],
    ["日本語.pdf", "application/pdf", "pdf", "Document"],
    ["../../etc/passwd", "text/plain", "txt", "-etc-passwd"],
    ['a\u0000"b\\c.json', "application/json", "txt", "a-b-c"],
    ["n".repeat(300), "text/markdown", "md", "n".repeat(190)],
    ["x.html", "text/html", "html", "x"],
    [".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", "-xlsx"],
  ])("the document %j of type %j", (name, type, format, expected) => {
    expect(contentOf(nova, file(name, type), { type: "text", text: "?" })).toEqual([
      { document: { format, name: expected, source: { bytes: "JVBERi0=" } } },
      { text: "?" },
    ]);
  });

  test("documents have names of their own, and a text beside them", () => {
    const documents = [
      file("a.pdf", "application/pdf"),
      file("a_.pdf", "application/pdf"),
      file("a.pdf", "application/pdf"),
    ];
    expect(contentOf(claude, ...documents)).toMatchObject([
      { document: { name: "a" } },
      { document: { name: "a-" } },
      { document: { name: "a (2)" } },
      { text: "See the attached document." },
    ]);
  });

  test("a document of plain text is bytes for all but Claude, who may cite it", () => {
    const content = [
      {
        type: "document",
        source: { type: "text", media_type: "text/plain", data: "é\n" },
        citations: { enabled: true },
      },
      { type: "text", text: "?" },
    ];
    const document = (model: string) => message(model, { messages: [{ role: "user", content }] }).body["messages"];
    expect(document(claude)).toMatchObject([
      {
        content: [
          { document: { format: "txt", source: { text: "é\n" }, citations: { enabled: true } } },
          { text: "?" },
        ],
      },
    ]);
    expect(document(nova)).toMatchObject([{ content: [{ document: { source: { bytes: "w6kK" } } }, { text: "?" }] }]);
  });

  test("what lies in S3 is fetched by Bedrock", () => {
    const image = { type: "image_url", image_url: { url: "s3://bucket/pictures/heron.webp" } };
    const source = { s3Location: { uri: "s3://bucket/pictures/heron.webp" } };
    expect(contentOf(nova, image)).toEqual([{ image: { format: "webp", source } }]);
  });

  test.each([
    [
      "an address",
      { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      "Amazon Bedrock fetches no URLs",
    ],
    ["a kept file", { type: "file", file: { file_id: "file-1" } }, "Amazon Bedrock keeps no files"],
    [
      "a drawing",
      { type: "image_url", image_url: { url: "data:image/svg+xml;base64,PHN2Zz4=" } },
      "Amazon Bedrock takes images as",
    ],
    ["an archive", file("a.zip", "application/zip"), "Amazon Bedrock takes documents as"],
  ])("%s is refused, and not dropped", (_name, part, sentence) => {
    const content = [{ type: "text", text: "What is it?" }, part];
    const body = JSON.stringify({ model: claude, messages: [{ role: "user", content }] });
    const told = codec.request("openai-chat", "bedrock", body);
    expect([told.status, JSON.parse(told.text).error.type]).toEqual([400, "invalid_request_error"]);
    expect(told.text).toContain(sentence);
  });
});

describe("an answer bound to a schema", () => {
  const format = { response_format: { type: "json_schema", json_schema: { name: "place", schema } } };
  const answer = { toolSpec: { name: "weir_json_answer", inputSchema: { json: schema } } };

  test("has a form where the model can be bound", () => {
    const structure = { jsonSchema: { schema: JSON.stringify(schema), name: "place" } };
    for (const model of [claude, hidden, "openai.gpt-oss-20b-1:0", "qwen.qwen3-32b-v1:0"]) {
      expect(chat(model, format).body["outputConfig"]).toEqual({ textFormat: { type: "json_schema", structure } });
    }
  });

  test("comes by a tool from older Claudes and Nova", () => {
    for (const model of [olderClaude, nova]) {
      const { body, dropped } = chat(model, format);
      expect(body).toMatchObject({
        toolConfig: { tools: [answer], toolChoice: { tool: { name: "weir_json_answer" } } },
      });
      expect([body["outputConfig"], dropped]).toEqual([undefined, ""]);
    }
  });

  test("may wait for the client's tools, and one has to be called", () => {
    const { body } = chat(nova, { ...format, tools: [tool] });
    expect(body["toolConfig"]).toMatchObject({ tools: [spec, answer], toolChoice: { any: {} } });
    const named = { type: "function", function: { name: "look" } };
    const busy = chat(nova, { ...format, tools: [tool], tool_choice: named });
    expect(busy.body["toolConfig"]).toEqual({ tools: [spec], toolChoice: { tool: { name: "look" } } });
    const silent = chat(nova, { ...format, tools: [tool], tool_choice: "none" });
    expect(silent.body["toolConfig"]).toMatchObject({ toolChoice: { tool: { name: "weir_json_answer" } } });
  });

  test("is dropped where there is neither", () => {
    expect(chat(llama, format).dropped).toBe("response_format");
    expect(chat(nova, { response_format: { type: "json_object" } }).dropped).toBe("response_format");
  });
});

test("metadata goes along where the API's alphabet allows it", () => {
  const told = chat(claude, {
    metadata: { team: "a b@c.d", "bad!": "x", note: "naïve", empty: "", long: "x".repeat(257) },
  });
  expect(told.body["requestMetadata"]).toEqual({ team: "a b@c.d", empty: "" });
  expect(told.dropped).toBe("metadata");
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, "v"]));
  expect(Object.keys(chat(claude, { metadata: many }).body["requestMetadata"] as object).length).toBe(16);
});
