// OpenAI's own client reads what is written in the dialect of its Responses API, whole and streamed, whoever answered.
import OpenAI, { APIError } from "openai";
import type { Response as Answer, ResponseStreamEvent } from "openai/resources/responses/responses";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Case, type Codec, fixtures, loadCodec } from "./codec.ts";
import { countEnds } from "./stream-ends.ts";

const dialect = "openai-responses";
let codec: Codec;

beforeAll(async () => {
  codec = await loadCodec();
});

beforeEach(() => {
  codec.harness.text("setEcho", "");
});

/** The client, of a server that answers everything with this. */
function clientOf(body: string, contentType: string): OpenAI {
  const fetch = async () => new Response(body, { headers: { "content-type": contentType } });
  return new OpenAI({ apiKey: "none", baseURL: "http://gateway.invalid/v1", maxRetries: 0, fetch });
}

function fixture(source: string, kind: "responses" | "streams", name: string): Case {
  const found = fixtures(kind).find((one) => one.dialect === source && one.name === name);
  if (!found) throw new Error(`There is no fixture ${source}/${name}`);
  return found;
}

interface Heard {
  answer: Answer;
  events: ResponseStreamEvent[];
}

/** What the client makes of a stream. */
async function hear(stream: string): Promise<Heard> {
  const events: ResponseStreamEvent[] = [];
  const heard = clientOf(stream, "text/event-stream").responses.stream({ model: "any", input: "Hi" });
  for await (const event of heard) events.push(event as ResponseStreamEvent);
  return { answer: await heard.finalResponse(), events };
}

async function hearFixture(source: string, name: string): Promise<Heard> {
  return hear(codec.wholeStream(fixture(source, "streams", name), dialect));
}

async function read(source: string, name: string): Promise<Answer> {
  const { text } = codec.response(source, dialect, fixture(source, "responses", name).text);
  return clientOf(text, "application/json").responses.create({ model: "any", input: "Hi" });
}

describe("a stream", () => {
  test.each(fixtures("streams"))("$dialect/$name is read", async (one) => {
    const stream = codec.wholeStream(one, dialect);
    if (countEnds(dialect, stream).errors) {
      await expect(hear(stream)).rejects.toThrow(APIError);
      return;
    }
    const { answer, events } = await hear(stream);
    expect(["completed", "incomplete"]).toContain(answer.status);
    expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, i) => i));
    const done = events.flatMap((event) => (event.type === "response.output_item.done" ? [event] : []));
    const inOrder = done.toSorted((a, b) => a.output_index - b.output_index).map(({ item }) => item);
    expect(inOrder).toEqual(answer.output.map((item) => expect.objectContaining({ id: item.id, type: item.type })));
    const deltas = events.flatMap((event) => (event.type === "response.output_text.delta" ? [event.delta] : []));
    expect(deltas.join("")).toBe(answer.output_text);
  });

  test("tells text and usage", async () => {
    const { answer } = await hearFixture("openai-chat", "text");
    expect(answer.output_text).toBe('Hello "you" \u{1f30a} \\n\n');
    expect(answer.usage).toMatchObject({ input_tokens: 20, output_tokens: 10, total_tokens: 30 });
  });

  test("tells calls that interleave, each whole", async () => {
    const { answer } = await hearFixture("openai-chat", "tool-calls-interleaved");
    const calls = answer.output.flatMap((item) => (item.type === "function_call" ? [item] : []));
    expect(calls.map(({ call_id, name }) => `${call_id} ${name}`)).toEqual(["call_1 a", "call_2 b", "call_3 c"]);
    expect(calls.map((call) => JSON.parse(call.arguments) as object)).toEqual([{ x: '"{' }, { y: "}" }, {}]);
  });

  test("tells a refusal as one", async () => {
    const { answer } = await hearFixture("openai-chat", "refusal");
    expect(answer.output[0]).toMatchObject({ type: "message", content: [{ type: "refusal" }] });
  });

  test("tells that it is incomplete, and why", async () => {
    const { answer } = await hearFixture("anthropic", "max-tokens");
    expect(answer).toMatchObject({ status: "incomplete", incomplete_details: { reason: "max_output_tokens" } });
  });

  test("tells an error as one", async () => {
    const heard = hearFixture("anthropic", "error-later");
    await expect(heard).rejects.toThrow(APIError);
    await expect(heard).rejects.toMatchObject({ code: "server_error" });
  });

  test("that is cut short is an error", async () => {
    await expect(hearFixture("openai-chat", "cut-short")).rejects.toThrow(/ended before its answer was whole/);
  });

  test("tells reasoning with its signatures", async () => {
    const { answer } = await hearFixture("anthropic", "thinking-twice");
    expect(answer.output).toMatchObject([
      { type: "reasoning", encrypted_content: "weir:anthropic-claude-v1:EqQB==" },
      { type: "reasoning", encrypted_content: "weir:anthropic-claude-v1:EqQC==" },
      { type: "function_call", call_id: "toolu_1", arguments: "{}" },
    ]);
  });
});

describe("a whole answer", () => {
  test.each(fixtures("responses"))("$dialect/$name is read", async (one) => {
    const answer = await read(one.dialect, one.name);
    expect(answer.object).toBe("response");
    expect(Array.isArray(answer.tools)).toBe(true);
    const ids = answer.output.map((item) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("that failed is none", () => {
    const body = JSON.stringify({ id: "resp_1", status: "failed", error: { code: "server_error" }, output: [] });
    expect(codec.response(dialect, dialect, body).text).toBe("");
  });

  test("tells text, calls and usage", async () => {
    const answer = await read("anthropic", "tool-use");
    expect(answer.output.map(({ type }) => type)).toEqual(["message", "function_call", "function_call"]);
    expect(answer.output[1]).toMatchObject({ type: "function_call", status: "completed" });
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });
});

describe("the request is repeated in its answer", () => {
  const small = { instructions: "Be brief.", temperature: 0.2, metadata: { team: "a" }, tool_choice: "none" };

  test("where its members are small", async () => {
    codec.repeat(dialect, JSON.stringify({ model: "m", input: "Hi", ...small }));
    expect(await read("openai-chat", "text")).toMatchObject({ ...small, parallel_tool_calls: true, tools: [] });
    expect((await hearFixture("openai-chat", "text")).answer).toMatchObject(small);
  });

  test("and not where they are large", async () => {
    const instructions = "Be brief. ".repeat(1000);
    codec.repeat(dialect, JSON.stringify({ model: "m", input: "Hi", instructions }));
    expect((await read("openai-chat", "text")).instructions).toBeNull();
  });
});
