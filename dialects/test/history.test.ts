// Journeys through a client's history: what a provider signed comes back to it, whatever dialect the client speaks.
// And a stream is never held back: a chunk in is a chunk out.
import { beforeAll, describe, expect, test } from "vitest";
import { type Codec, eventsOf, fixtures, loadCodec } from "./codec.ts";
import { hasWholeCalls } from "./stream-ends.ts";

let codec: Codec;

interface Delta {
  content?: string;
  reasoning_details?: object[];
  tool_calls?: { index: number; id?: string; function: { name?: string; arguments?: string } }[];
}

beforeAll(async () => {
  codec = await loadCodec();
});

function fixture(dialect: string, kind: "responses" | "streams", name: string) {
  const found = fixtures(kind).find((one) => one.dialect === dialect && one.name === name);
  if (!found) throw new Error(`There is no fixture ${dialect}/${name}`);
  return found;
}

/** Collects OpenAI's chunks into a message as clients do: details are kept as they came. */
function collect(stream: string): object {
  const chunks = stream.split("\n").filter((line) => line.startsWith("data: {"));
  const deltas = chunks.flatMap((line) => {
    const chunk = JSON.parse(line.slice(6)) as { choices: { delta: Delta }[] };
    return chunk.choices.map(({ delta }) => delta);
  });
  const calls: { id: string; type: string; function: { name: string; arguments: string } }[] = [];
  for (const call of deltas.flatMap((delta) => delta.tool_calls ?? [])) {
    const known = (calls[call.index] ??= {
      id: call.id ?? "",
      type: "function",
      function: { name: call.function.name ?? "", arguments: "" },
    });
    known.function.arguments += call.function.arguments ?? "";
  }
  const details = deltas.flatMap((delta) => delta.reasoning_details ?? []);
  const content = deltas.map((delta) => delta.content ?? "").join("");
  return { role: "assistant", content, reasoning_details: details, ...(calls.length ? { tool_calls: calls } : {}) };
}

function historyOf(message: object): string {
  return JSON.stringify({ model: "claude-sonnet-4-6", messages: [{ role: "user", content: "Hi" }, message] });
}

function assistantBlocks(body: string): object[] {
  const request = JSON.parse(body) as { messages: { role: string; content: object[] }[] };
  return request.messages.find(({ role }) => role === "assistant")?.content ?? [];
}

describe("Anthropic's thinking through a client of OpenAI's dialect", () => {
  test("survives a whole answer", () => {
    const source = fixture("anthropic", "responses", "thinking-redacted");
    const answer = codec.response("anthropic", "openai-chat", source.text).text;
    const { choices } = JSON.parse(answer) as { choices: { message: object }[] };
    const back = codec.request("openai-chat", "anthropic", historyOf(choices[0]?.message ?? {}));
    const { content } = JSON.parse(source.text) as { content: object[] };
    expect(assistantBlocks(back.text)).toEqual(content);
    expect(back.dropped).toBe("");
  });

  test("survives a stream, block by block", () => {
    const stream = codec.wholeStream(fixture("anthropic", "streams", "thinking-twice"), "openai-chat");
    const back = codec.request("openai-chat", "anthropic", historyOf(collect(stream)));
    expect(assistantBlocks(back.text)).toEqual([
      { type: "thinking", thinking: "One.", signature: "EqQB==" },
      { type: "thinking", thinking: "Two.", signature: "EqQC==" },
      { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
    ]);
  });
});

/** A conversation of OpenAI's Responses API that goes on behind these items. */
function inputOf(output: object[]): string {
  return JSON.stringify({ model: "claude-sonnet-4-6", input: [{ role: "user", content: "Hi" }, ...output] });
}

/** The items that a client holds after a stream of responses. */
function itemsOf(stream: string): object[] {
  const last = stream.split("\n").findLast((line) => line.startsWith('data: {"type":"response.completed"')) ?? "";
  return (JSON.parse(last.slice(6)) as { response: { output: object[] } }).response.output;
}

describe("Anthropic's thinking through a client of OpenAI's Responses API", () => {
  test("survives a whole answer", () => {
    const source = fixture("anthropic", "responses", "thinking-redacted");
    const answer = codec.response("anthropic", "openai-responses", source.text).text;
    const { output } = JSON.parse(answer) as { output: object[] };
    const back = codec.request("openai-responses", "anthropic", inputOf(output));
    const { content } = JSON.parse(source.text) as { content: object[] };
    expect(assistantBlocks(back.text)).toEqual(content);
    expect(back.dropped).toBe("");
  });

  test.each(["thinking-twice", "thinking-omitted", "thinking-redacted"])("survives the stream %s", (name) => {
    const source = fixture("anthropic", "streams", name);
    const stream = codec.wholeStream(source, "openai-responses");
    const back = assistantBlocks(codec.request("openai-responses", "anthropic", inputOf(itemsOf(stream))).text);
    const chat = collect(codec.wholeStream(source, "openai-chat"));
    expect(back).toEqual(assistantBlocks(codec.request("openai-chat", "anthropic", historyOf(chat)).text));
  });
});

describe("OpenAI's reasoning comes back with its id", () => {
  const reasoning = (id: string, summary: object[], encrypted: string) => ({
    ...{ id, type: "reasoning", summary },
    encrypted_content: encrypted,
  });
  const shown = reasoning("rs_1", [{ type: "summary_text", text: "First I look.\n\nThen I answer." }], "gAAAAABqA1==");

  function reasoningItems(body: string): object[] {
    const { input } = JSON.parse(body) as { input: { type?: string }[] };
    return input.filter(({ type }) => type === "reasoning");
  }

  test("through a client of Anthropic's dialect", () => {
    const source = fixture("openai-responses", "responses", "reasoning");
    const { content } = JSON.parse(codec.response("openai-responses", "anthropic", source.text).text) as {
      content: object[];
    };
    const back = codec.request("anthropic", "openai-responses", historyOf({ role: "assistant", content }));
    expect(reasoningItems(back.text)).toEqual([shown]);
  });

  test("through a client of chat completions", () => {
    const stream = codec.wholeStream(fixture("openai-responses", "streams", "reasoning"), "openai-chat");
    const back = codec.request("openai-chat", "openai-responses", historyOf(collect(stream)));
    expect(reasoningItems(back.text)).toEqual([shown]);
  });

  test("where it shows no summary", () => {
    const source = fixture("openai-responses", "streams", "reasoning-encrypted");
    const stream = codec.wholeStream(source, "openai-chat");
    const back = codec.request("openai-chat", "openai-responses", historyOf(collect(stream)));
    expect(reasoningItems(back.text)).toEqual([reasoning("rs_1", [], "gAAAAABqA1==")]);
  });

  test("and goes to no other provider", () => {
    const source = fixture("openai-responses", "responses", "reasoning-encrypted");
    const { output } = JSON.parse(source.text) as { output: object[] };
    const back = codec.request("openai-responses", "anthropic", inputOf(output));
    expect(back.text).not.toContain("gAAAAAB");
    expect(back.dropped).toBe("redacted_thinking");
  });
});

test("Gemini's signature of a call comes back through a client of OpenAI's Responses API", () => {
  const source = fixture("openai-chat", "responses", "thinking-gemini-call");
  const answer = codec.response("openai-chat", "openai-responses", source.text).text;
  const { output } = JSON.parse(answer) as { output: object[] };
  const back = codec.request("openai-responses", "openai-chat", inputOf(output), true).text;
  expect(back).toContain('"extra_content":{"google":{"thought_signature":"CiQB"}}');
});

test("thinking that another family signed is none to go on with", () => {
  const source = fixture("openai-responses", "responses", "reasoning-encrypted");
  const { output } = JSON.parse(source.text) as { output: object[] };
  const results = ["call_1", "call_2"].map((id) => ({ type: "function_call_output", call_id: id, output: "21" }));
  const body = JSON.stringify({
    ...(JSON.parse(inputOf([...output, ...results])) as object),
    reasoning: { effort: "high" },
  });
  const back = codec.request("openai-responses", "anthropic", body);
  expect(back.text).not.toContain('"thinking"');
  expect(back.dropped).toContain("reasoning_effort");
});

test("Gemini's signature of a call comes back through a client of Anthropic's dialect", () => {
  const source = fixture("openai-chat", "responses", "thinking-gemini-call");
  const answer = codec.response("openai-chat", "anthropic", source.text).text;
  const { content } = JSON.parse(answer) as { content: object[] };
  const body = historyOf({ role: "assistant", content });
  const back = codec.request("anthropic", "openai-chat", body, true).text;
  expect(back).toContain('"extra_content":{"google":{"thought_signature":"CiQB"}}');
});

/** What an event newly says in the members that `said` looks for. Events that end something repeat what was said. */
function newlySaid(event: string, said: RegExp): string | undefined {
  return /"type":"response\.(?!.*\.delta")/.test(event) ? undefined : said.exec(event)?.[1];
}

describe("a chunk in is a chunk out", () => {
  /** Dialects that carry texts alone. */
  const textOnly = new Set(["openai-completions"]);
  const anything =
    /"(?:content|text|thinking|reasoning_content|tool_plan|partial_json|arguments|refusal|input|delta)":"((?:[^"\\]|\\.)+)"/;
  const callFragment = /"(?:partial_json|arguments|input)":"[^"]|"response\.function_call_arguments\.delta"/;
  const text =
    /^(?!.*(?:reasoning(?:[._](?:text|summary)|Content)|"thought":true|"thinking":\[)).*"(?:content|text|refusal)":"((?:[^"\\]|\\.)+)"/m;
  const held = /interleaved$|^error-|malformed/;
  const cases = fixtures("streams").filter((one) => !held.test(one.name) && !one.text.includes("\r"));

  test.each(cases)("$dialect/$name", (one) => {
    for (const target of codec.clients) {
      const events = eventsOf(one);
      const outputs = codec.stream(
        one.dialect,
        target,
        events.map(({ bytes }) => bytes),
      );
      events.forEach(({ text: event }, i) => {
        const said = newlySaid(event, textOnly.has(target) ? text : anything);
        const isMuted = /"index":1,"(?:delta|message)"/.test(event) && one.name === "two-choices";
        const isOther = /server_tool|web_search|"query|citation|"custom":/.test(event);
        const isHeld = hasWholeCalls(target) && callFragment.test(event);
        if (said && !isMuted && !isOther && !isHeld) expect(outputs[i]).toContain(said);
      });
    }
  });
});
