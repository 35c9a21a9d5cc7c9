// `ai`, Vercel's AI SDK, with its providers of OpenAI, Anthropic and whoever is compatible with OpenAI.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  APICallError,
  embedMany,
  generateText,
  isStepCount,
  Output,
  streamText,
  tool,
  type EmbeddingModel,
  type LanguageModel,
  type ModelMessage,
} from "ai";
import { clientKey, emptyOutcome, type Ask, type Client, type Failure, type Outcome, type Place } from "./client.ts";
import { forecast, tools } from "./tools.ts";

// It warns of every model whose name it does not know, and behind a gateway that is every model.
globalThis.AI_SDK_LOG_WARNINGS = false;

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;

/** What differs between the SDK's providers. */
interface Provider {
  name: string;
  dialect: Client["dialect"];
  model(place: Place): LanguageModel;
  embeddings?(place: Place): EmbeddingModel;
  /** How the provider is asked to think. */
  thinking: ProviderOptions;
  showsThoughts: boolean;
  always?: ProviderOptions;
}

const openaiAt = ({ url, fetch }: Place) => createOpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, fetch });
const anthropicAt = ({ url, fetch }: Place) => createAnthropic({ baseURL: `${url}/v1`, apiKey: clientKey, fetch });
const compatibleAt = ({ url, fetch }: Place) =>
  createOpenAICompatible({
    name: "weir",
    baseURL: `${url}/v1`,
    apiKey: clientKey,
    fetch,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });

const providers: Provider[] = [
  {
    name: "ai, @ai-sdk/openai",
    dialect: "openai-responses",
    model: (place) => openaiAt(place).responses(place.model),
    embeddings: (place) => openaiAt(place).embedding(place.model),
    // It would refer to stored answers, which no other provider has.
    always: { openai: { store: false } },
    thinking: { openai: { store: false, forceReasoning: true, reasoningEffort: "low", reasoningSummary: "auto" } },
    showsThoughts: true,
  },
  {
    name: "ai, @ai-sdk/openai's chat",
    dialect: "openai-chat",
    model: (place) => openaiAt(place).chat(place.model),
    thinking: { openai: { forceReasoning: true, reasoningEffort: "low" } },
    showsThoughts: false,
  },
  {
    name: "ai, @ai-sdk/anthropic",
    dialect: "anthropic",
    model: (place) => anthropicAt(place)(place.model),
    thinking: { anthropic: { thinking: { type: "enabled", budgetTokens: 1024 } } },
    showsThoughts: true,
  },
  {
    name: "ai, @ai-sdk/openai-compatible",
    dialect: "openai-chat",
    model: (place) => compatibleAt(place)(place.model),
    embeddings: (place) => compatibleAt(place).embeddingModel(place.model),
    thinking: { weir: { reasoningEffort: "low" } },
    showsThoughts: true,
  },
];

export const aiClients: Client[] = providers.map((provider) => ({
  name: provider.name,
  dialect: provider.dialect,
  finishes: { stop: "stop", length: "length" },
  showsThoughts: provider.showsThoughts,
  failures: { badRequest: "AI_APICallError", rateLimit: "AI_APICallError", brokenStream: "AI_StreamProviderError" },
  describe,
  ask: (place, ask) => (ask.stream ? stream(provider, place, ask) : whole(provider, place, ask)),
  ...(provider.embeddings ? { embed: embedBy(provider.embeddings) } : {}),
}));

function embedBy(model: (place: Place) => EmbeddingModel): NonNullable<Client["embed"]> {
  return async (place, values) => (await embedMany({ model: model(place), values, maxRetries: 0 })).embeddings;
}

function describe(error: unknown): Failure {
  const { name, message } = error as Error;
  return { class: name, status: APICallError.isInstance(error) ? (error.statusCode ?? null) : null, message };
}

const offered = {
  get_weather: tool({ ...described("get_weather"), inputSchema: tools.get_weather.parameters }),
  get_time: tool({ ...described("get_time"), inputSchema: tools.get_time.parameters }),
  book_seats: tool({ ...described("book_seats"), inputSchema: tools.book_seats.parameters }),
};

function described(name: keyof typeof tools) {
  return { description: tools[name].description, execute: (input: Record<string, unknown>) => tools[name].run(input) };
}

const roundsMax = 5;

function parametersOf(provider: Provider, place: Place, ask: Ask) {
  const options = ask.thinking ? provider.thinking : provider.always;
  return {
    model: provider.model(place),
    messages: messagesOf(ask),
    maxRetries: 0,
    ...(ask.system ? { instructions: ask.system } : {}),
    ...(ask.tokensMax ? { maxOutputTokens: ask.tokensMax } : {}),
    ...(ask.schema ? { output: Output.object({ schema: forecast, name: "forecast" }) } : {}),
    ...(ask.tools ? { tools: offered, stopWhen: isStepCount(roundsMax) } : {}),
    ...(options ? { providerOptions: options } : {}),
  };
}

function messagesOf({ messages, imageBase64 }: Ask): ModelMessage[] {
  const last = messages.length - 1;
  const image = { type: "file" as const, mediaType: "image/png", data: imageBase64 ?? "" };
  return messages.map(({ role, text }, index) =>
    imageBase64 && index === last
      ? { role: "user" as const, content: [{ type: "text" as const, text }, image] }
      : { role, content: text },
  );
}

async function whole(provider: Provider, place: Place, ask: Ask): Promise<Outcome> {
  const result = await generateText(parametersOf(provider, place, ask));
  return { ...outcomeOf(result), object: ask.schema ? result.output : null };
}

async function stream(provider: Provider, place: Place, ask: Ask): Promise<Outcome> {
  const result = streamText({ ...parametersOf(provider, place, ask), onError: () => undefined });
  let pieces = 0;
  for await (const part of result.stream) {
    if (part.type === "text-delta") pieces += 1;
    if (part.type === "error") throw part.error;
  }
  const [text, finishReason, usage, steps] = await Promise.all([
    result.text,
    result.finishReason,
    result.usage,
    result.steps,
  ]);
  const object: unknown = ask.schema ? await result.output : null;
  return { ...outcomeOf({ text, finishReason, usage, steps }), pieces, object };
}

interface Result {
  text: string;
  finishReason: string;
  usage: { inputTokens: number | undefined; outputTokens: number | undefined };
  steps: { reasoningText: string | undefined; toolCalls: { toolName: string; input: unknown }[] }[];
}

function outcomeOf({ text, finishReason, usage, steps }: Result): Outcome {
  const rounds = steps.map(({ toolCalls }) =>
    toolCalls.map(({ toolName, input }) => ({ name: toolName, arguments: input })),
  );
  return {
    ...emptyOutcome,
    text,
    finish: finishReason,
    inputTokens: usage.inputTokens ?? 0,
    outputTokens: usage.outputTokens ?? 0,
    thinking: steps.map(({ reasoningText }) => reasoningText ?? "").join(""),
    rounds: rounds.filter((calls) => calls.length > 0),
  };
}
