// `@langchain/openai`, by either of OpenAI's APIs. LangChain leaves the loop of calls to the application.
import {
  AIMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
  type AIMessageChunk,
  type BaseMessage,
  type UsageMetadata,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
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

export const langchainClients: Client[] = [
  { name: "@langchain/openai, chat completions", dialect: "openai-chat", useResponsesApi: false },
  { name: "@langchain/openai, responses", dialect: "openai-responses", useResponsesApi: true },
].map(({ name, dialect, useResponsesApi }) => ({
  name,
  dialect: dialect as Client["dialect"],
  finishes: useResponsesApi ? { stop: "completed", length: "incomplete" } : { stop: "stop", length: "length" },
  // Of chat completions it reads what OpenAI documents, and no thoughts are in that.
  showsThoughts: useResponsesApi,
  failures: { badRequest: "BadRequestError", rateLimit: "RateLimitError", brokenStream: "APIError" },
  describe: describeByStatus,
  async embed({ url, model, fetch }, texts) {
    const configuration = { baseURL: `${url}/v1`, fetch };
    return new OpenAIEmbeddings({ model, apiKey: clientKey, maxRetries: 0, configuration }).embedDocuments(texts);
  },
  async ask(place, ask) {
    const model = modelAt(place, ask, useResponsesApi);
    if (ask.schema) return structured(model, ask);
    return ask.tools ? loop(model, ask) : outcomeOf([await say(model, messagesOf(ask), ask)]);
  },
}));

function modelAt({ url, model, fetch }: Place, ask: Ask, useResponsesApi: boolean): ChatOpenAI {
  return new ChatOpenAI({
    model,
    apiKey: clientKey,
    maxRetries: 0,
    useResponsesApi,
    zdrEnabled: true,
    configuration: { baseURL: `${url}/v1`, fetch },
    ...(ask.tokensMax ? { maxTokens: ask.tokensMax } : {}),
    ...(ask.thinking ? { modelKwargs: useResponsesApi ? reasoning : { reasoning_effort: "low" } } : {}),
  });
}

/** Its own option is for models with OpenAI's names only. */
const reasoning = {
  reasoning: { effort: "low", summary: "auto" },
  include: ["reasoning.encrypted_content"],
};

function messagesOf({ system, messages, imageBase64 }: Ask): BaseMessage[] {
  const last = messages.length - 1;
  const image = { type: "image_url", image_url: { url: `data:image/png;base64,${imageBase64}` } };
  return [
    ...(system ? [new SystemMessage(system)] : []),
    ...messages.map(({ role, text }, index) => {
      if (role === "assistant") return new AIMessage(text);
      return new HumanMessage(imageBase64 && index === last ? { content: [{ type: "text", text }, image] } : text);
    }),
  ];
}

/** One answer, and how many pieces of text it came in. */
interface Said {
  message: AIMessage | AIMessageChunk;
  pieces: number;
}

type Model = Pick<ChatOpenAI, "invoke" | "stream">;

async function say(model: Model, messages: BaseMessage[], { stream }: Ask): Promise<Said> {
  if (!stream) return { message: await model.invoke(messages), pieces: 0 };
  let whole: AIMessageChunk | null = null;
  let pieces = 0;
  for await (const chunk of await model.stream(messages)) {
    if (chunk.text) pieces += 1;
    whole = whole ? whole.concat(chunk) : chunk;
  }
  if (!whole) throw new Error("The stream was empty");
  return { message: whole, pieces };
}

async function structured(model: ChatOpenAI, ask: Ask): Promise<Outcome> {
  const asking = model.withStructuredOutput(forecast, { method: "jsonSchema", includeRaw: true });
  const { raw, parsed } = await asking.invoke(messagesOf(ask));
  return { ...outcomeOf([{ message: raw as AIMessage, pieces: 0 }]), object: parsed };
}

const offered = toolNames.map((name) =>
  tool((input: Record<string, unknown>) => tools[name].run(input), {
    name,
    description: tools[name].description,
    schema: tools[name].parameters,
  }),
);

const roundsMax = 5;

async function loop(model: ChatOpenAI, ask: Ask): Promise<Outcome> {
  const withTools = model.bindTools(offered);
  const messages = messagesOf(ask);
  const answers: Said[] = [];
  while (answers.length < roundsMax) {
    const said = await say(withTools, messages, ask);
    answers.push(said);
    const calls = said.message.tool_calls ?? [];
    if (calls.length === 0) break;
    messages.push(said.message);
    for (const call of calls) {
      const content = tools[call.name as keyof typeof tools].run(call.args);
      messages.push(new ToolMessage({ content, tool_call_id: call.id ?? "", name: call.name }));
    }
  }
  return outcomeOf(answers);
}

function callsOf({ message }: Said): Call[] {
  return (message.tool_calls ?? []).map(({ name, args }) => ({ name, arguments: args }));
}

function thoughtsOf({ message }: Said): string {
  return message.contentBlocks.map((block) => (block.type === "reasoning" ? block.reasoning : "")).join("");
}

function outcomeOf(answers: Said[]): Outcome {
  const last = answers.at(-1);
  if (!last) throw new Error("There was no answer");
  const { text, response_metadata: metadata } = last.message;
  const usage = last.message.usage_metadata as UsageMetadata | undefined;
  return {
    ...emptyOutcome,
    text,
    pieces: last.pieces,
    finish: String(metadata["finish_reason"] ?? metadata["status"] ?? ""),
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
    thinking: answers.map(thoughtsOf).join(""),
    rounds: answers.map(callsOf).filter((calls) => calls.length > 0),
  };
}
