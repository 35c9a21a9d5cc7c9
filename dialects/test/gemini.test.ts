// What only Google's dialect has: a list in place of events, calls without ids, and journeys of signatures.
import { beforeAll, describe, expect, test } from "vitest";
import { type Codec, fixtures, loadCodec } from "./codec.ts";

let codec: Codec;
const encoder = new TextEncoder();

interface Content {
  role: string;
  parts: Record<string, unknown>[];
}

/** An item of OpenAI's Responses API. */
interface Item {
  id?: string | undefined;
  type: string;
  encrypted_content?: string | undefined;
}

beforeAll(async () => {
  codec = await loadCodec();
});

function fixture(dialect: string, kind: "requests" | "responses" | "streams", name: string) {
  const found = fixtures(kind).find((one) => one.dialect === dialect && one.name === name);
  if (!found) throw new Error(`There is no fixture ${dialect}/${name}`);
  return found;
}

/** What a client gets of a stream as a list, piece by piece. */
function listOf(dialect: string, name: string): string[] {
  codec.harness.number("open", dialect, "gemini", 1, 1);
  const events = fixture(dialect, "streams", name).text.split(/(?<=\n\n)/);
  const pieces = events.map((event) => codec.harness.text("push", encoder.encode(event)) ?? "");
  return [...pieces, codec.harness.text("finish") ?? ""];
}

/** The model's parts in a request that goes to Gemini. */
function modelParts(body: string): Record<string, unknown>[] {
  const { contents } = JSON.parse(body) as { contents: Content[] };
  return contents.find(({ role }) => role === "model")?.parts ?? [];
}

describe("a client that wants a list", () => {
  test("gets one, item by item", () => {
    const pieces = listOf("openai-chat", "text");
    const items = JSON.parse(pieces.join("")) as { candidates: { content: Content; finishReason?: string }[] }[];
    const said = items.flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts));
    expect(said.map(({ text }) => text).join("")).toBe('Hello "you" 🌊 \\n\n');
    expect(items.at(-1)?.candidates[0]?.finishReason).toBe("STOP");
    expect(items.length).toBe(4);
    expect(pieces.filter((piece) => piece.includes('"text":"')).length).toBe(4);
  });

  test("gets an error as its last item", () => {
    const items = JSON.parse(listOf("openai-chat", "error-later").join("")) as { error?: { code: number } }[];
    expect(items.map(({ error }) => error?.code)).toEqual([undefined, 500]);
  });

  test("gets an error that comes first as the only item", () => {
    const items = JSON.parse(listOf("openai-chat", "error-first").join("")) as { error?: { code: number } }[];
    expect(items.map(({ error }) => error?.code)).toEqual([503]);
  });
});

test("without ids results stand in the order of their calls", () => {
  codec.harness.number("setOmitsCallIds", 1);
  const { text } = codec.request(
    "openai-chat",
    "gemini",
    fixture("openai-chat", "requests", "gemini-3-tool-loop").text,
  );
  codec.harness.number("setOmitsCallIds", 0);
  expect(text).not.toContain('"id"');
  const { contents } = JSON.parse(text) as { contents: Content[] };
  expect(contents[2]?.parts).toEqual([
    { functionResponse: { name: "get_weather", response: { temp: 30 } } },
    { functionResponse: { name: "get_weather", response: { result: "rain" } } },
  ]);
});

describe("Gemini's signatures come back", () => {
  const names = ["thinking", "thinking-signed", "function-call", "function-calls-no-ids"];

  test.each(names)("through a client of OpenAI's dialect: %s", (name) => {
    const source = fixture("gemini", "responses", name).text;
    const { choices } = JSON.parse(codec.response("gemini", "openai-chat", source).text) as {
      choices: { message: object }[];
    };
    const history = { model: "gemini-3-pro-preview", messages: [{ role: "user", content: "Hi" }, choices[0]?.message] };
    const back = codec.request("openai-chat", "gemini", JSON.stringify(history));
    expect(modelParts(back.text)).toEqual(answered(source));
  });

  test.each(names)("through a client of Anthropic's dialect: %s", (name) => {
    const source = fixture("gemini", "responses", name).text;
    const { content } = JSON.parse(codec.response("gemini", "anthropic", source).text) as { content: object[] };
    const messages = [
      { role: "user", content: "Hi" },
      { role: "assistant", content },
    ];
    const history = { model: "gemini-3-pro-preview", max_tokens: 100, messages };
    const back = codec.request("anthropic", "gemini", JSON.stringify(history));
    expect(modelParts(back.text)).toEqual(answered(source));
  });

  test.each(names)("through a client of OpenAI's Responses API: %s", (name) => {
    const source = fixture("gemini", "responses", name).text;
    const { output } = JSON.parse(codec.response("gemini", "openai-responses", source).text) as { output: object[] };
    const history = { model: "gemini-3-pro-preview", input: [{ role: "user", content: "Hi" }, ...output] };
    const back = codec.request("openai-responses", "gemini", JSON.stringify(history));
    expect(modelParts(back.text)).toEqual(answered(source));
  });

  /** The parts of an answer, with the ids that its calls get where they have none. */
  function answered(response: string): Record<string, unknown>[] {
    const { candidates } = JSON.parse(response) as { candidates: { content: Content }[] };
    let count = 0;
    return (candidates[0]?.content.parts ?? []).map((part) => {
      const call = part.functionCall as { id?: string; args?: object } | undefined;
      if (!call) return part;
      const id = call.id ?? `call_0123456789abcdef_${count++}`;
      return { ...part, functionCall: { args: {}, ...call, id } };
    });
  }
});

describe("Anthropic's thinking through a client of Google's dialect", () => {
  const blocks = [
    { type: "thinking", thinking: "One.", signature: "EqQB==" },
    { type: "thinking", thinking: "Two.", signature: "EqQC==" },
    { type: "tool_use", id: "toolu_1", name: "get_weather", input: {} },
  ];

  /** The assistant's blocks after a client kept `contents` in its history. */
  function back(contents: Content[]): object[] {
    const body = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }, ...contents] });
    const { messages } = JSON.parse(codec.request("gemini", "anthropic", body).text) as {
      messages: { content: object[] }[];
    };
    return messages[1]?.content ?? [];
  }

  test("survives a stream whose chunks are kept one by one", () => {
    const stream = codec.wholeStream(fixture("anthropic", "streams", "thinking-twice"), "gemini");
    const chunks = stream.split("\n").filter((line) => line.startsWith("data: "));
    const contents = chunks.map((line) => {
      const { candidates } = JSON.parse(line.slice(6)) as { candidates: { content: Content }[] };
      return candidates[0]?.content ?? { role: "model", parts: [] };
    });
    expect(back(contents)).toEqual(blocks);
  });

  test("survives a whole answer, redacted thinking too", () => {
    const source = fixture("anthropic", "responses", "thinking-redacted").text;
    const { candidates } = JSON.parse(codec.response("anthropic", "gemini", source).text) as {
      candidates: { content: Content }[];
    };
    const { content } = JSON.parse(source) as { content: object[] };
    expect(back(candidates.map((each) => each.content))).toEqual(content);
  });
});

test.each(["reasoning", "reasoning-encrypted"])(
  "OpenAI's %s comes back through a client of Google's dialect",
  (name) => {
    const source = fixture("openai-responses", "responses", name).text;
    const { candidates } = JSON.parse(codec.response("openai-responses", "gemini", source).text) as {
      candidates: { content: Content }[];
    };
    const contents = [{ role: "user", parts: [{ text: "Hi" }] }, candidates[0]?.content];
    const { input } = JSON.parse(codec.request("gemini", "openai-responses", JSON.stringify({ contents })).text) as {
      input: Item[];
    };
    const signed = ({ id, type, encrypted_content }: Item): Item => ({ id, type, encrypted_content });
    const reasoning = (items: Item[]): Item[] => items.filter(({ type }) => type === "reasoning").map(signed);
    const { output } = JSON.parse(source) as { output: Item[] };
    expect(reasoning(input)).toEqual(reasoning(output));
  },
);
