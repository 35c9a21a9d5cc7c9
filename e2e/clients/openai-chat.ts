// `openai` from npm, with chat completions.
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import type { ChatCompletion, ChatCompletionMessageParam } from "openai/resources/chat/completions";
import type { RunnableTools } from "openai/lib/RunnableFunction";
import {
  clientKey,
  describeByStatus,
  emptyOutcome,
  type Ask,
  type Call,
  type Client,
  type Outcome,
  type Place,
} from "./client.ts";
import { forecast, jsonSchemaOf, toolNames, tools } from "./tools.ts";

export function openaiAt({ url, fetch }: Place): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey: clientKey, maxRetries: 0, fetch });
}

export async function openaiEmbed(place: Place, texts: string[]): Promise<number[][]> {
  const { data } = await openaiAt(place).embeddings.create({ model: place.model, input: texts });
  return data.map(({ embedding }) => embedding);
}

export const openaiChat: Client = {
  name: "openai, chat completions",
  dialect: "openai-chat",
  finishes: { stop: "stop", length: "length" },
  showsThoughts: true,
  failures: { badRequest: "BadRequestError", rateLimit: "RateLimitError", brokenStream: "APIError" },
  describe: describeByStatus,
  embed: openaiEmbed,
  ask(place, ask) {
    if (ask.tools) return runTools(place, ask);
    return ask.stream ? stream(place, ask) : whole(place, ask);
  },
};

function parametersOf({ model }: Place, ask: Ask) {
  return {
    model,
    messages: messagesOf(ask),
    ...(ask.tokensMax ? { max_completion_tokens: ask.tokensMax } : {}),
    ...(ask.schema ? { response_format: zodResponseFormat(forecast, "forecast") } : {}),
    ...(ask.thinking ? { reasoning_effort: "low" as const } : {}),
  };
}

function messagesOf({ system, messages, imageBase64 }: Ask): ChatCompletionMessageParam[] {
  const last = messages.length - 1;
  const image = { type: "image_url" as const, image_url: { url: `data:image/png;base64,${imageBase64}` } };
  return [
    ...(system ? [{ role: "system" as const, content: system }] : []),
    ...messages.map(({ role, text }, index) =>
      imageBase64 && index === last
        ? { role: "user" as const, content: [{ type: "text" as const, text }, image] }
        : { role, content: text },
    ),
  ];
}

async function whole(place: Place, ask: Ask): Promise<Outcome> {
  const { completions } = openaiAt(place).chat;
  if (!ask.schema) return outcomeOf(await completions.create(parametersOf(place, ask)));
  const completion = await completions.parse(parametersOf(place, ask));
  return { ...outcomeOf(completion), object: completion.choices[0]?.message.parsed ?? null };
}

async function stream(place: Place, ask: Ask): Promise<Outcome> {
  const running = openaiAt(place).chat.completions.stream({
    ...parametersOf(place, ask),
    stream_options: { include_usage: true },
  });
  let pieces = 0;
  let thinking = "";
  for await (const chunk of running) {
    const delta = chunk.choices[0]?.delta;
    if (delta?.content) pieces += 1;
    thinking += thoughtsOf(delta);
  }
  const completion = await running.finalChatCompletion();
  return { ...outcomeOf(completion), pieces, thinking, object: completion.choices[0]?.message.parsed ?? null };
}

async function runTools(place: Place, ask: Ask): Promise<Outcome> {
  const parameters = { ...parametersOf(place, ask), tools: offered };
  const { completions } = openaiAt(place).chat;
  let pieces = 0;
  let thinking = "";
  const runner = ask.stream
    ? completions.runTools({ ...parameters, stream: true, stream_options: { include_usage: true } })
    : completions.runTools(parameters);
  if ("toReadableStream" in runner) {
    runner.on("content", () => void (pieces += 1));
    runner.on("chunk", (chunk) => void (thinking += thoughtsOf(chunk.choices[0]?.delta)));
  }
  const completion = await runner.finalChatCompletion();
  const { messages } = runner;
  const rounds = messages.flatMap((message) =>
    message.role === "assistant" && message.tool_calls ? [message.tool_calls.flatMap(callOf)] : [],
  );
  return { ...outcomeOf(completion), pieces, rounds, thinking: thinking || messages.map(thoughtsOf).join("") };
}

const offered = toolNames.map((name) => ({
  type: "function" as const,
  function: {
    name,
    description: tools[name].description,
    parameters: jsonSchemaOf(tools[name].parameters),
    parse: JSON.parse,
    function: tools[name].run,
  },
})) as RunnableTools<Record<string, unknown>[]>;

function callOf(call: OpenAI.ChatCompletionMessageToolCall): Call[] {
  if (call.type !== "function") return [];
  return [{ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown }];
}

/** The client has no name for the field in which most providers show thoughts; applications read it so. */
function thoughtsOf(message: unknown): string {
  return (message as { reasoning_content?: string } | undefined)?.reasoning_content ?? "";
}

function outcomeOf({ choices: [choice], usage }: ChatCompletion): Outcome {
  return {
    ...emptyOutcome,
    text: choice?.message.content ?? "",
    finish: choice?.finish_reason ?? "",
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
    thinking: thoughtsOf(choice?.message),
  };
}
