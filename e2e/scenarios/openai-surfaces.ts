// The real OpenAI client and every surface besides chat.
import OpenAI, { toFile } from "openai";
import { expect } from "vitest";
import { oneProvider, twoProviders } from "../configurations.ts";
import type { Scenario } from "../scenario.ts";

const input = "Say that this is a test";

async function collectTypes(stream: AsyncIterable<{ type: string }>): Promise<string[]> {
  const types: string[] = [];
  for await (const event of stream) types.push(event.type);
  return types;
}

export const scenarios: Scenario[] = [
  {
    name: "embeddings, which the client asks for in base64",
    steps: [
      {
        call: (client) =>
          client.embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"], dimensions: 8 }),
        check: (answer: OpenAI.CreateEmbeddingResponse) => {
          expect(answer.data.map(({ embedding }) => embedding.length)).toEqual([8, 8]);
          expect(answer.data.flatMap(({ embedding }) => embedding).every(Number.isFinite)).toBe(true);
        },
        received: [{ path: "/v1/embeddings", json: { encoding_format: "base64" } }],
        log: { "weir.surface": "embeddings", "gen_ai.usage.input_tokens": "2" },
      },
    ],
  },
  {
    name: "models are what this gateway serves, answered without asking a provider",
    config: twoProviders,
    steps: [
      {
        call: async (client) => ({ models: (await client.models.list()).data }),
        check: ({ models }: { models: OpenAI.Model[] }) =>
          expect(models.map(({ id }) => id)).toContain("text-embedding-3-small"),
        received: [],
      },
      {
        call: (client) => client.models.retrieve("text-embedding-3-small"),
        answer: { id: "text-embedding-3-small", object: "model" },
        received: [],
      },
      { call: (client) => client.models.retrieve("absent"), fails: { as: OpenAI.NotFoundError }, received: [] },
    ],
  },
  {
    name: "an image is generated",
    steps: [
      {
        call: (client) => client.images.generate({ model: "gpt-image-1", prompt: "a weir" }),
        answer: { data: [{ b64_json: expect.stringMatching(/^iVBOR/) }] },
        received: [{ path: "/v1/images/generations", json: { prompt: "a weir" } }],
      },
    ],
  },
  {
    name: "an image is edited, as multipart",
    steps: [
      {
        call: async (client) =>
          client.images.edit({
            model: "gpt-image-1",
            prompt: "more water",
            image: await toFile(Buffer.from([137, 80, 78, 71, 0, 255]), "weir.png", { type: "image/png" }),
          }),
        answer: { data: [{ b64_json: expect.any(String) }] },
        received: [{ path: "/v1/images/edits" }],
      },
    ],
  },
  {
    name: "audio is transcribed, as multipart",
    steps: [
      {
        call: async (client) =>
          client.audio.transcriptions.create({
            model: "whisper-1",
            file: await toFile(Buffer.alloc(70_000, 7), "talk.wav", { type: "audio/wav" }),
          }),
        answer: { text: expect.stringContaining("talk.wav (70000 bytes) by whisper-1") },
        received: [{ path: "/v1/audio/transcriptions" }],
      },
    ],
  },
  {
    name: "speech comes back as bytes",
    steps: [
      {
        call: async (client) => {
          const speech = await client.audio.speech.create({ model: "tts-1", voice: "alloy", input });
          return { type: speech.headers.get("content-type"), size: (await speech.arrayBuffer()).byteLength };
        },
        answer: { type: "audio/mpeg", size: 4 * 417 },
      },
    ],
  },
  {
    name: "a response is created, and retrieved by its id",
    steps: [
      {
        call: async (client) => {
          const created = await client.responses.create({ model: "gpt-4o", input });
          const retrieved = await client.responses.retrieve(created.id);
          return { created: created.output_text, retrieved: retrieved.output_text };
        },
        answer: { created: expect.stringContaining(input), retrieved: expect.stringContaining(input) },
        received: [
          { path: "/v1/responses" },
          { method: "GET", path: expect.stringMatching(/^\/v1\/responses\/resp_/) },
        ],
      },
    ],
  },
  {
    name: "a response is streamed",
    steps: [
      {
        call: async (client) => ({
          types: await collectTypes(await client.responses.create({ model: "gpt-4o", input, stream: true })),
        }),
        check: ({ types }: { types: string[] }) => {
          expect(types[0]).toBe("response.created");
          expect(types.filter((type) => type === "response.output_text.delta").length).toBeGreaterThan(5);
          expect(types.at(-1)).toBe("response.completed");
        },
        log: {
          "weir.surface": "responses",
          "weir.stream": "true",
          "gen_ai.usage.output_tokens": expect.stringMatching(/^[1-9]\d*$/),
        },
      },
    ],
  },
  {
    name: "a legacy completion is answered",
    steps: [
      {
        call: (client) => client.completions.create({ model: "gpt-3.5-turbo-instruct", prompt: input, max_tokens: 3 }),
        answer: { object: "text_completion", choices: [{ finish_reason: "length" }] },
        log: { "weir.surface": "completions", "gen_ai.usage.output_tokens": "3" },
      },
    ],
  },
  {
    name: "documents are ranked, by a provider that does that",
    config: oneProvider.replace("type: openai", "type: vllm"),
    steps: [
      {
        send: { path: "/v1/rerank", json: { model: "rerank-1", query: "water", documents: ["sand", "water"] } },
        answer: { status: 200, json: { results: [{ index: 1 }, { index: 0 }] } },
        received: [{ path: "/v1/rerank" }],
      },
    ],
  },
];
