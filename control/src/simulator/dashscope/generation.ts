// DashScope's text and multimodal generation: https://help.aliyun.com/zh/model-studio/qwen-api-via-dashscope
import { headerOf, jsonAnswer, streamAnswer, type Answer, type Json, type SimulatedRequest } from "../answer.ts";
import { describeUrl } from "../attachments.ts";
import { chatPrompt } from "../chat-prompt.ts";
import type { Faults } from "../faults.ts";
import type { Framing } from "../framing.ts";
import { generate, outputTokens, type Generated, type Prompt } from "../generate.ts";
import { toolMismatch } from "../tool-results.ts";
import { countInputTokens } from "../tokens.ts";
import { algorithmError, dashscopeEnvelope, dashscopeError, requestId } from "./errors.ts";

export function answerGeneration(request: SimulatedRequest, faults: Faults): Answer {
  const { json } = request;
  const input = json["input"] as Json;
  const parameters = (json["parameters"] ?? {}) as Json;
  const isMultimodal = request.path.includes("multimodal-generation");
  const isStream = headerOf(request, "x-dashscope-sse") === "enable";
  const messages = (input["messages"] ?? [{ role: "user", content: input["prompt"] }]) as Json[];
  const refusal = refuse(input, messages, parameters, isStream);
  if (refusal) return refusal;
  const generated = generate(promptOf(json, messages, parameters, faults));
  if (generated.finish === "content_filter") {
    const message = "Output data may contain inappropriate content.";
    return jsonAnswer({ ...dashscopeEnvelope(400, message), code: "DataInspectionFailed" }, 400);
  }
  const writer = new Writer(generated, parameters, isMultimodal, usageOf(messages, parameters, generated, faults));
  return isStream ? streamAnswer(numberedEvents, writer.events()) : jsonAnswer(writer.whole());
}

function refuse(input: Json, messages: Json[], parameters: Json, isStream: boolean): Answer | null {
  if (input["messages"] === undefined && input["prompt"] === undefined) {
    return dashscopeError(400, 'Either "prompt" or "messages" must exist and cannot both be none');
  }
  const mismatch = toolMismatch(messages);
  if (mismatch?.kind === "stray-result") {
    return algorithmError('messages with role "tool" must be a response to a preceeding message with "tool_calls".');
  }
  if (mismatch) {
    return algorithmError(
      'An assistant message with "tool_calls" must be followed by tool messages responding to each "tool_call_id". ' +
        `The following tool_call_ids did not have response messages: ${mismatch.id}`,
    );
  }
  const calls = messages.flatMap((message) => (message["tool_calls"] ?? []) as Record<string, Json>[]);
  if (calls.some((call) => !isJson(String(call["function"]?.["arguments"])))) {
    return algorithmError('The "function.arguments" parameter of the code model must be in JSON format.');
  }
  if (messages.every((message) => message["role"] === "system")) {
    return algorithmError("The messages must contain a message of role user.");
  }
  return refuseParameters(messages, parameters, isStream);
}

function refuseParameters(messages: Json[], parameters: Json, isStream: boolean): Answer | null {
  const { enable_thinking: thinking, incremental_output: incremental, response_format: format, tools } = parameters;
  if (thinking === true && !isStream) {
    return dashscopeError(400, "parameter.enable_thinking must be set to false for non-streaming calls");
  }
  if (thinking === true && incremental !== true) {
    return algorithmError('The incremental_output parameter must be "true" when enable_thinking is true');
  }
  if (tools && parameters["result_format"] !== "message") {
    return algorithmError('The result_format parameter must be "message" when tools are given');
  }
  const isJsonMode = (format as Json | undefined)?.["type"] === "json_object";
  if (isJsonMode && !/json/i.test(JSON.stringify(messages))) {
    return algorithmError(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    );
  }
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function promptOf(json: Json, messages: Json[], parameters: Json, faults: Faults): Prompt {
  const content = messages.findLast(({ role }) => role === "user")?.["content"];
  return {
    ...chatPrompt({ ...parameters, messages, model: json["model"] }, faults),
    attachments: Array.isArray(content) ? (content as Json[]).flatMap(attachmentsOf) : [],
    thinking: parameters["enable_thinking"] === true,
  };
}

function attachmentsOf(part: Json): string[] {
  return ["image", "video", "audio"].flatMap((kind) => {
    return [part[kind] ?? []].flat().map((url) => describeUrl(kind, String(url)));
  });
}

function usageOf(messages: Json[], parameters: Json, generated: Generated, faults: Faults): Json {
  const input = countInputTokens([messages, parameters["tools"] ?? []]);
  const output = outputTokens(generated);
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    output_tokens_details: { reasoning_tokens: generated.thinking.length },
    prompt_tokens_details: { cached_tokens: Math.min(faults.cached, input) },
  };
}

class Writer {
  readonly #generated: Generated;
  readonly #asMessage: boolean;
  readonly #incremental: boolean;
  readonly #isMultimodal: boolean;
  readonly #usage: Json;

  constructor(generated: Generated, parameters: Json, isMultimodal: boolean, usage: Json) {
    this.#generated = generated;
    this.#asMessage = isMultimodal || parameters["result_format"] === "message";
    this.#incremental = parameters["incremental_output"] === true;
    this.#isMultimodal = isMultimodal;
    this.#usage = usage;
  }

  whole(): Json {
    const { thinking, words } = this.#generated;
    return this.#answer(thinking.join(""), words.join(""), this.#calls(), this.#finish());
  }

  /** Each event repeats all that was said before it, unless only what is new is asked for. */
  events(): Json[] {
    const { thinking, words } = this.#generated;
    const from = (list: string[], at: number): string => list.slice(this.#incremental ? at : 0, at + 1).join("");
    const thought = this.#incremental ? "" : thinking.join("");
    const calls = this.#calls();
    return [
      ...thinking.map((_, at) => this.#answer(from(thinking, at), "", [], "null")),
      ...words.map((_, at) => this.#answer(thought, from(words, at), [], "null")),
      // Calls come in two pieces: the name with the beginning of the arguments, then their rest.
      ...calls.map((call) => this.#answer(thought, "", [cutCall(call)], "null")),
      this.#incremental
        ? this.#answer("", "", calls.map(restOfCall), this.#finish())
        : this.#answer(thought, words.join(""), calls, this.#finish()),
    ];
  }

  #finish(): string {
    const { finish } = this.#generated;
    return finish === "length" || finish === "tool_calls" ? finish : "stop";
  }

  #calls(): Json[] {
    return this.#generated.toolCalls.map(({ id, name, arguments: args }, index) => ({
      index,
      id,
      type: "function",
      function: { name, arguments: args },
    }));
  }

  #answer(thinking: string, text: string, calls: Json[], finish: string): Json {
    const usage = this.#usage;
    if (!this.#asMessage) return { output: { text, finish_reason: finish }, usage, request_id: requestId };
    const message = {
      role: "assistant",
      content: this.#isMultimodal ? (text === "" ? [] : [{ text }]) : text,
      ...(thinking ? { reasoning_content: thinking } : {}),
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    return { output: { choices: [{ finish_reason: finish, message }] }, usage, request_id: requestId };
  }
}

function cutCall(call: Json): Json {
  const { name, arguments: args } = call["function"] as { name: string; arguments: string };
  return { ...call, function: { name, arguments: args.slice(0, args.length >> 1) } };
}

function restOfCall(call: Json): Json {
  const { arguments: args } = call["function"] as { arguments: string };
  return { ...call, id: "", function: { name: "", arguments: args.slice(args.length >> 1) } };
}

/** Server-sent events with a number, a name and a status: https://help.aliyun.com/zh/model-studio/stream */
const numberedEvents: Framing = {
  contentType: "text/event-stream;charset=UTF-8",
  frame: (events, at) =>
    events.map((event, index) => {
      const failed = "code" in event;
      const lines = [
        `id:${at + index + 1}`,
        `event:${failed ? "error" : "result"}`,
        `:HTTP_STATUS/${failed ? statusOf(event) : 200}`,
        `data:${JSON.stringify(event)}`,
      ];
      return Buffer.from(`${lines.join("\n")}\n\n`);
    }),
  end: [],
  malformed: Buffer.from('id:1\nevent:result\n:HTTP_STATUS/200\ndata:{"output":\n\n'),
};

function statusOf({ code }: Json): number {
  if (code === "Throttling.RateQuota") return 429;
  return code === "ServiceUnavailable" ? 503 : 500;
}
