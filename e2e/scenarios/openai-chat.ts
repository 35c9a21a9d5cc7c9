// The real OpenAI client and chat completions: whole, streamed, tools, structured output.
import type OpenAI from "openai";
import { expect } from "vitest";
import type { Scenario } from "../scenario.ts";

type Messages = OpenAI.ChatCompletionMessageParam[];
type Chunk = OpenAI.ChatCompletionChunk;

const hello: Messages = [{ role: "user", content: "Hello, Weir" }];

const weather: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather of a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const time: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: { name: "get_time", parameters: { type: "object", properties: { zone: { type: "string" } } } },
};

async function collect(stream: AsyncIterable<Chunk>): Promise<{ text: string; chunks: Chunk[] }> {
  const chunks: Chunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { text: chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join(""), chunks };
}

/** Calls the model, runs the tools it asks for, and gives their results back, until it answers in words. */
async function toolLoop(client: OpenAI): Promise<{ rounds: number; text: string | null }> {
  const messages: Messages = [{ role: "user", content: "Use get_weather and get_time" }];
  for (let rounds = 1; ; rounds += 1) {
    const answer = await client.chat.completions.create({ model: "gpt-4o", messages, tools: [weather, time] });
    const message = answer.choices[0]?.message;
    if (!message?.tool_calls) return { rounds, text: message?.content ?? null };
    messages.push(message);
    for (const call of message.tool_calls) messages.push({ role: "tool", tool_call_id: call.id, content: "42" });
  }
}

export const scenarios: Scenario[] = [
  {
    name: "a chat completion is answered, and the access log says what it used",
    steps: [
      {
        call: (client) => client.chat.completions.create({ model: "gpt-4o", messages: hello }),
        answer: {
          object: "chat.completion",
          choices: [{ message: { role: "assistant", content: expect.stringContaining("Hello, Weir") } }],
        },
        received: [{ method: "POST", path: "/v1/chat/completions", json: { model: "gpt-4o", messages: hello } }],
        log: {
          "http.response.status_code": 200,
          "gen_ai.provider.name": "openai",
          "gen_ai.request.model": "gpt-4o",
          "gen_ai.usage.input_tokens": "10",
          "gen_ai.usage.output_tokens": "15",
          "weir.stream": "false",
        },
      },
    ],
  },
  {
    name: "a stream arrives in pieces, without the usage chunk that the client did not ask for",
    steps: [
      {
        call: async (client) =>
          collect(await client.chat.completions.create({ model: "gpt-4o", messages: hello, stream: true })),
        answer: { text: expect.stringContaining("Hello, Weir") },
        check: ({ chunks }: { chunks: Chunk[] }) => {
          expect(chunks.length).toBeGreaterThan(10);
          expect(chunks.every((chunk) => chunk.choices.length === 1)).toBe(true);
          expect(chunks.every((chunk) => !("usage" in chunk) || chunk.usage === null)).toBe(true);
        },
        received: [{ json: { stream: true, stream_options: { include_usage: true } } }],
        log: {
          "weir.stream": "true",
          "gen_ai.usage.input_tokens": "10",
          "gen_ai.usage.output_tokens": "15",
          "weir.time_to_first_token_ms": expect.stringMatching(/^\d+$/),
        },
      },
    ],
  },
  {
    name: "a client that asks for usage gets its usage chunk",
    steps: [
      {
        call: async (client) =>
          collect(
            await client.chat.completions.create({
              model: "gpt-4o",
              messages: hello,
              stream: true,
              stream_options: { include_usage: true },
            }),
          ),
        check: ({ chunks }: { chunks: Chunk[] }) =>
          expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 15 } }),
      },
    ],
  },
  {
    name: "streamed tool calls, two in parallel, are put together by the client",
    steps: [
      {
        call: (client) =>
          client.chat.completions
            .stream({
              model: "gpt-4o",
              messages: [{ role: "user", content: "Call get_weather and get_time" }],
              tools: [weather, time],
            })
            .finalChatCompletion(),
        answer: {
          choices: [
            {
              finish_reason: "tool_calls",
              message: {
                tool_calls: [
                  { type: "function", function: { name: "get_weather", arguments: '{"city":"simulated"}' } },
                  { type: "function", function: { name: "get_time", arguments: '{"zone":"simulated"}' } },
                ],
              },
            },
          ],
        },
      },
    ],
  },
  {
    name: "a tool loop of several steps ends in words",
    steps: [
      {
        call: toolLoop,
        answer: { rounds: 2, text: expect.stringContaining("simulated") },
        received: [
          { json: { tools: [weather, time] } },
          { json: { messages: [{ role: "user" }, { role: "assistant" }, { role: "tool" }, { role: "tool" }] } },
        ],
      },
    ],
  },
  {
    name: "structured output is parsed by the client",
    steps: [
      {
        call: (client) =>
          client.chat.completions.parse({
            model: "gpt-4o",
            messages: hello,
            response_format: {
              type: "json_schema",
              json_schema: {
                name: "city",
                strict: true,
                schema: {
                  type: "object",
                  properties: { name: { type: "string" }, people: { type: "integer" } },
                  required: ["name", "people"],
                  additionalProperties: false,
                },
              },
            },
          }),
        check: (answer: OpenAI.ChatCompletion) =>
          expect(JSON.parse(answer.choices[0]?.message.content ?? "")).toEqual({ name: "simulated", people: 1 }),
      },
    ],
  },
  {
    name: "a client that aborts a stream ends it, and the next request is served",
    steps: [
      {
        call: async (client) => {
          const stream = await client.chat.completions.create(
            { model: "gpt-4o", messages: hello, stream: true },
            { headers: { "x-simulate": "chunk-delay-50, words-200" } },
          );
          let chunks = 0;
          for await (const _chunk of stream) if (++chunks === 3) break;
          return { chunks };
        },
        answer: { chunks: 3 },
      },
      { call: (client) => client.chat.completions.create({ model: "gpt-4o", messages: hello }) },
    ],
  },
];
