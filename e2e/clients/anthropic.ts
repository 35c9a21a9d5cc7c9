// `@anthropic-ai/sdk`, its tool runner included.
import Anthropic from "@anthropic-ai/sdk";
import { betaZodTool } from "@anthropic-ai/sdk/helpers/beta/zod";
import { zodOutputFormat } from "@anthropic-ai/sdk/helpers/zod";
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
import { forecast, toolNames, tools } from "./tools.ts";

/** What both of the client's kinds of messages have. */
interface Message {
  stop_reason: string | null;
  content: readonly object[];
  usage: { input_tokens: number; output_tokens: number };
}

export const anthropic: Client = {
  name: "@anthropic-ai/sdk",
  dialect: "anthropic",
  finishes: { stop: "end_turn", length: "max_tokens" },
  showsThoughts: true,
  failures: { badRequest: "BadRequestError", rateLimit: "RateLimitError", brokenStream: "APIError" },
  describe: describeByStatus,
  async countTokens(place, text) {
    const counted = await anthropicAt(place).messages.countTokens(parametersOf(place, { messages: [user(text)] }));
    return counted.input_tokens;
  },
  ask(place, ask) {
    if (ask.tools) return runTools(place, ask);
    return ask.stream ? stream(place, ask) : whole(place, ask);
  },
};

const user = (text: string) => ({ role: "user" as const, text });

function anthropicAt({ url, fetch }: Place): Anthropic {
  return new Anthropic({ baseURL: url, apiKey: clientKey, maxRetries: 0, fetch });
}

function parametersOf({ model }: Place, ask: Ask) {
  return {
    model,
    messages: messagesOf(ask),
    ...(ask.system ? { system: ask.system } : {}),
    ...(ask.schema ? { output_config: { format: zodOutputFormat(forecast) } } : {}),
    ...(ask.thinking ? { thinking: { type: "enabled" as const, budget_tokens: 1024 } } : {}),
  };
}

function withLimit(place: Place, ask: Ask) {
  return { ...parametersOf(place, ask), max_tokens: ask.tokensMax ?? 4096 };
}

function messagesOf({ messages, imageBase64 }: Ask): Anthropic.MessageParam[] {
  const last = messages.length - 1;
  const source = { type: "base64" as const, media_type: "image/png" as const, data: imageBase64 ?? "" };
  return messages.map(({ role, text }, index) =>
    imageBase64 && index === last
      ? {
          role,
          content: [
            { type: "image" as const, source },
            { type: "text" as const, text },
          ],
        }
      : { role, content: text },
  );
}

async function whole(place: Place, ask: Ask): Promise<Outcome> {
  const message = await anthropicAt(place).messages.parse(withLimit(place, ask));
  return { ...outcomeOf(message), object: message.parsed_output };
}

async function stream(place: Place, ask: Ask): Promise<Outcome> {
  const running = anthropicAt(place).messages.stream(withLimit(place, ask));
  let pieces = 0;
  running.on("text", () => void (pieces += 1));
  const message = await running.finalMessage();
  return { ...outcomeOf(message), pieces, object: message.parsed_output };
}

async function runTools(place: Place, ask: Ask): Promise<Outcome> {
  const parameters = { ...withLimit(place, ask), tools: offered };
  const { messages: api } = anthropicAt(place).beta;
  const messages: Message[] = [];
  let pieces = 0;
  if (ask.stream) {
    for await (const running of api.toolRunner({ ...parameters, stream: true })) {
      running.on("text", () => void (pieces += 1));
      messages.push(await running.finalMessage());
    }
  } else {
    for await (const message of api.toolRunner(parameters)) messages.push(message);
  }
  const last = messages.at(-1);
  if (!last) throw new Error("The runner gave no message");
  const rounds = messages.map(callsOf).filter((calls) => calls.length > 0);
  return { ...outcomeOf(last), pieces, rounds, thinking: messages.map(thoughtsOf).join("") };
}

const offered = toolNames.map((name) =>
  betaZodTool({
    name,
    description: tools[name].description,
    inputSchema: tools[name].parameters,
    run: (input: Record<string, unknown>) => tools[name].run(input),
  }),
);

function blocksOf({ content }: Message): Anthropic.ContentBlock[] {
  return content as Anthropic.ContentBlock[];
}

function callsOf(message: Message): Call[] {
  return blocksOf(message).flatMap((block) =>
    block.type === "tool_use" ? [{ name: block.name, arguments: block.input }] : [],
  );
}

function thoughtsOf(message: Message): string {
  return blocksOf(message)
    .map((block) => (block.type === "thinking" ? block.thinking : ""))
    .join("");
}

function outcomeOf(message: Message): Outcome {
  const texts = blocksOf(message).map((block) => (block.type === "text" ? block.text : ""));
  return {
    ...emptyOutcome,
    text: texts.join(""),
    finish: message.stop_reason ?? "",
    inputTokens: message.usage.input_tokens,
    outputTokens: message.usage.output_tokens,
    thinking: thoughtsOf(message),
  };
}
