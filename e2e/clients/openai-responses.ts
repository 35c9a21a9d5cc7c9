// `openai` from npm, with responses, its tool runner included. Nothing is stored at the provider: who translates cannot
// keep what another provider does not.
import { ResponsesToolRunner } from "openai/helpers/responses-tool-runner";
import { zodTextFormat } from "openai/helpers/zod";
import type { Response, ResponseInput, ResponseStreamEvent } from "openai/resources/responses/responses";
import {
  describeByStatus,
  emptyOutcome,
  type Ask,
  type Call,
  type Client,
  type Outcome,
  type Place,
} from "./client.ts";
import { openaiAt, openaiEmbed } from "./openai-chat.ts";
import { forecast, jsonSchemaOf, toolNames, tools } from "./tools.ts";

export const openaiResponses: Client = {
  name: "openai, responses",
  dialect: "openai-responses",
  finishes: { stop: "completed", length: "incomplete" },
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
    input: inputOf(ask),
    store: false,
    ...(ask.system ? { instructions: ask.system } : {}),
    ...(ask.tokensMax ? { max_output_tokens: ask.tokensMax } : {}),
    ...(ask.schema ? { text: { format: zodTextFormat(forecast, "forecast") } } : {}),
    ...(ask.thinking ? thinking : {}),
  };
}

const thinking = {
  reasoning: { effort: "low" as const, summary: "auto" as const },
  include: ["reasoning.encrypted_content" as const],
};

function inputOf({ messages, imageBase64 }: Ask): ResponseInput {
  const last = messages.length - 1;
  const image_url = `data:image/png;base64,${imageBase64}`;
  const image = { type: "input_image" as const, detail: "auto" as const, image_url };
  return messages.map(({ role, text }, index) =>
    imageBase64 && index === last
      ? { role, content: [{ type: "input_text" as const, text }, image] }
      : { role, content: text },
  );
}

async function whole(place: Place, ask: Ask): Promise<Outcome> {
  const response = await openaiAt(place).responses.parse(parametersOf(place, ask));
  return { ...outcomeOf(response), object: response.output_parsed };
}

async function stream(place: Place, ask: Ask): Promise<Outcome> {
  const running = openaiAt(place).responses.stream(parametersOf(place, ask));
  let pieces = 0;
  for await (const event of running) if (event.type === "response.output_text.delta") pieces += 1;
  const response = await running.finalResponse();
  return { ...outcomeOf(response), pieces, object: response.output_parsed };
}

async function runTools(place: Place, ask: Ask): Promise<Outcome> {
  const runner = new ResponsesToolRunner({ functions: offered });
  let pieces = 0;
  const onEvent = (event: ResponseStreamEvent): void => {
    if (event.type === "response.output_text.delta") pieces += 1;
  };
  const options = ask.stream ? { stream: true, onEvent } : {};
  const responses: Response[] = [];
  for await (const turn of runner.iterate(openaiAt(place), parametersOf(place, ask), options)) {
    responses.push(turn.response);
  }
  const rounds = responses.map(callsOf).filter((calls) => calls.length > 0);
  const last = responses.at(-1);
  if (!last) throw new Error("The runner gave no response");
  return { ...outcomeOf(last), pieces, rounds, thinking: responses.map(thoughtsOf).join("") };
}

const offered = toolNames.map((name) => ({
  tool: {
    type: "function" as const,
    name,
    description: tools[name].description,
    parameters: jsonSchemaOf(tools[name].parameters),
    strict: true,
  },
  execute: tools[name].run,
}));

function callsOf({ output }: Response): Call[] {
  return output.flatMap((item) =>
    item.type === "function_call" ? [{ name: item.name, arguments: JSON.parse(item.arguments) as unknown }] : [],
  );
}

function thoughtsOf({ output }: Response): string {
  return output.flatMap((item) => (item.type === "reasoning" ? item.summary.map(({ text }) => text) : [])).join("");
}

function outcomeOf(response: Response): Outcome {
  return {
    ...emptyOutcome,
    text: response.output_text,
    finish: response.status ?? "",
    inputTokens: response.usage?.input_tokens ?? 0,
    outputTokens: response.usage?.output_tokens ?? 0,
    thinking: thoughtsOf(response),
  };
}
