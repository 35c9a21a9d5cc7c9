// `@google/genai`, with its automatic function calling.
import {
  GoogleGenAI,
  type CallableTool,
  type Content,
  type GenerateContentConfig,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type Part,
} from "@google/genai";
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

export const googleGenai: Client = {
  name: "@google/genai",
  dialect: "gemini",
  finishes: { stop: "STOP", length: "MAX_TOKENS" },
  showsThoughts: true,
  failures: { badRequest: "ApiError", rateLimit: "ApiError", brokenStream: "ApiError" },
  describe: describeByStatus,
  async countTokens(place, text) {
    const { totalTokens } = await genaiAt(place).models.countTokens({ model: place.model, contents: text });
    return totalTokens ?? 0;
  },
  async embed(place, texts) {
    const { embeddings } = await genaiAt(place).models.embedContent({ model: place.model, contents: texts });
    return (embeddings ?? []).map(({ values }) => values ?? []);
  },
  async ask(place, ask) {
    const outcome = outcomeOf(ask.stream ? await stream(place, ask) : await whole(place, ask));
    return ask.schema ? { ...outcome, object: forecast.parse(JSON.parse(outcome.text)) } : outcome;
  },
};

function genaiAt({ url, fetch }: Place): GoogleGenAI {
  return new GoogleGenAI({ apiKey: clientKey, httpOptions: { baseUrl: url, fetch } });
}

function parametersOf({ model }: Place, ask: Ask): GenerateContentParameters {
  const config: GenerateContentConfig = {
    ...(ask.system ? { systemInstruction: ask.system } : {}),
    ...(ask.tokensMax ? { maxOutputTokens: ask.tokensMax } : {}),
    ...(ask.schema ? { responseMimeType: "application/json", responseJsonSchema: jsonSchemaOf(forecast) } : {}),
    ...(ask.thinking ? { thinkingConfig: { includeThoughts: true } } : {}),
    ...(ask.tools ? { tools: [offered] } : {}),
  };
  return { model, contents: contentsOf(ask), config };
}

function contentsOf({ messages, imageBase64 }: Ask): Content[] {
  const last = messages.length - 1;
  const image = { inlineData: { mimeType: "image/png", data: imageBase64 ?? "" } };
  return messages.map(({ role, text }, index) => ({
    role: role === "assistant" ? "model" : "user",
    parts: imageBase64 && index === last ? [{ text }, image] : [{ text }],
  }));
}

/** What was said from the first answer on, and whether it came in pieces. */
interface Answered {
  contents: Content[];
  last: GenerateContentResponse;
  isStream: boolean;
}

async function whole(place: Place, ask: Ask): Promise<Answered> {
  const last = await genaiAt(place).models.generateContent(parametersOf(place, ask));
  const since = (last.automaticFunctionCallingHistory ?? []).slice(ask.messages.length);
  return { contents: [...since, ...contentOf(last)], last, isStream: false };
}

async function stream(place: Place, ask: Ask): Promise<Answered> {
  const chunks: GenerateContentResponse[] = [];
  for await (const chunk of await genaiAt(place).models.generateContentStream(parametersOf(place, ask))) {
    chunks.push(chunk);
  }
  const last = chunks.at(-1);
  if (!last) throw new Error("The stream was empty");
  return { contents: chunks.flatMap(contentOf), last, isStream: true };
}

function contentOf({ candidates }: GenerateContentResponse): Content[] {
  const content = candidates?.[0]?.content;
  return content ? [content] : [];
}

const offered: CallableTool = {
  tool: () =>
    Promise.resolve({
      functionDeclarations: toolNames.map((name) => ({
        name,
        description: tools[name].description,
        parametersJsonSchema: jsonSchemaOf(tools[name].parameters),
      })),
    }),
  callTool: (calls) =>
    Promise.resolve(
      calls.map(({ id, name, args }) => {
        const output = tools[name as keyof typeof tools].run(args ?? {});
        return { functionResponse: { ...(id ? { id } : {}), name: name ?? "", response: { output } } };
      }),
    ),
};

function outcomeOf({ contents, last, isStream }: Answered): Outcome {
  const turns = turnsOf(contents);
  const texts = (turns.at(-1) ?? []).filter((part) => part.text && !part.thought);
  const { promptTokenCount, candidatesTokenCount, thoughtsTokenCount } = last.usageMetadata ?? {};
  return {
    ...emptyOutcome,
    text: texts.map(({ text }) => text).join(""),
    pieces: isStream ? texts.length : 0,
    finish: last.candidates?.[0]?.finishReason ?? "",
    inputTokens: promptTokenCount ?? 0,
    outputTokens: (candidatesTokenCount ?? 0) + (thoughtsTokenCount ?? 0),
    thinking: turns
      .flat()
      .map((part) => (part.thought ? (part.text ?? "") : ""))
      .join(""),
    rounds: turns.map(callsOf).filter((calls) => calls.length > 0),
  };
}

/** The model's parts between what the tools gave: a stream has many contents for one turn. */
function turnsOf(contents: Content[]): Part[][] {
  const turns: Part[][] = [[]];
  for (const { role, parts } of contents) {
    if (role === "user") turns.push([]);
    else turns.at(-1)?.push(...(parts ?? []));
  }
  return turns;
}

function callsOf(parts: Part[]): Call[] {
  return parts.flatMap(({ functionCall: call }) =>
    call ? [{ name: call.name ?? "", arguments: call.args ?? {} }] : [],
  );
}
