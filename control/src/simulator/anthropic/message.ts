// A message of Anthropic's, whole and as the events of its stream.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import type { Json } from "../answer.ts";
import type { Faults } from "../faults.ts";
import { outputTokens, simulatedModel, type Finish, type Generated } from "../generate.ts";
import type { InputUsage } from "../prompt-cache.ts";
import { seal, sign } from "../signatures.ts";
import { argumentPieces } from "../tokens.ts";

const stopReasons: Record<Finish, string> = {
  stop: "end_turn",
  length: "max_tokens",
  stop_sequence: "stop_sequence",
  tool_calls: "tool_use",
  refusal: "refusal",
  // Anthropic has no filter that cuts an answer; its classifiers end it as a refusal.
  content_filter: "refusal",
};

/** A block with the deltas that a stream makes it of. */
interface Streamed {
  /** As the stream begins it. */
  opening: Json;
  deltas: Json[];
  whole: Json;
}

export interface Message {
  whole: Json;
  events: Json[];
}

interface MessageInput {
  json: Json;
  id: string;
  generated: Generated;
  input: InputUsage;
  faults: Faults;
}

export function messageOf({ json, id, generated, input, faults }: MessageInput): Message {
  const omitted = (json["thinking"] as Json | undefined)?.["display"] === "omitted";
  const blocks = [...thinkingBlocks(generated, faults, omitted), ...saidBlocks(generated)];
  const refused = generated.finish === "refusal" || generated.finish === "content_filter";
  const ending = {
    stop_reason: stopReasons[generated.finish],
    stop_sequence: generated.stopSequence,
    stop_details: refused ? { type: "refusal", category: null, explanation: null } : null,
    container: null,
  };
  const usage = usageOf(input, outputTokens(generated), generated);
  const envelope = { id, type: "message", role: "assistant", model: simulatedModel(json["model"]) };
  return {
    whole: { ...envelope, content: blocks.map(({ whole }) => whole), ...ending, usage },
    events: [
      {
        type: "message_start",
        message: {
          ...envelope,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          stop_details: null,
          container: null,
          usage: { ...usage, output_tokens: 1 },
        },
      },
      ...blocks.flatMap(blockEvents),
      { type: "message_delta", delta: ending, usage: deltaUsage(usage) },
      { type: "message_stop" },
    ],
  };
}

function usageOf(input: InputUsage, output: number, { thinking }: Generated): Json {
  return {
    input_tokens: input.fresh,
    cache_creation_input_tokens: input.written,
    cache_read_input_tokens: input.read,
    cache_creation: {
      ephemeral_5m_input_tokens: input.written - input.writtenForHour,
      ephemeral_1h_input_tokens: input.writtenForHour,
    },
    output_tokens: output,
    output_tokens_details: { thinking_tokens: thinking.length },
    server_tool_use: null,
    service_tier: "standard",
    inference_geo: "not_available",
  };
}

/** What a stream's end repeats of it. */
const inDelta = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens", "output_tokens"];

function deltaUsage(usage: Json): Json {
  const names = [...inDelta, "output_tokens_details", "server_tool_use"];
  return Object.fromEntries(names.map((name) => [name, usage[name]]));
}

function thinkingBlocks({ thinking }: Generated, faults: Faults, omitted: boolean): Streamed[] {
  if (thinking.length === 0) return [];
  const text = omitted ? "" : thinking.join("");
  if (faults.redactedThinking) {
    const whole = { type: "redacted_thinking", data: seal("anthropic", thinking.join("")) };
    return [{ opening: whole, deltas: [], whole }];
  }
  const signature = sign("anthropic", text);
  const words = omitted ? [] : thinking;
  return [
    {
      opening: { type: "thinking", thinking: "", signature: "" },
      deltas: [
        ...words.map((word) => ({ type: "thinking_delta", thinking: word })),
        { type: "signature_delta", signature },
      ],
      whole: { type: "thinking", thinking: text, signature },
    },
  ];
}

function saidBlocks({ words, toolCalls }: Generated): Streamed[] {
  if (toolCalls.length === 0 && words.length === 0) return [];
  if (toolCalls.length === 0) {
    return [
      {
        opening: { type: "text", text: "", citations: null },
        deltas: words.map((word) => ({ type: "text_delta", text: word })),
        whole: { type: "text", text: words.join(""), citations: null },
      },
    ];
  }
  return toolCalls.map(({ id, name, arguments: args }) => ({
    opening: { type: "tool_use", id, name, input: {}, caller: { type: "direct" } },
    // The first fragment is always empty, and for a call without arguments the only one.
    deltas: ["", ...(args === "{}" ? [] : argumentPieces(args))].map((piece) => ({
      type: "input_json_delta",
      partial_json: piece,
    })),
    whole: { type: "tool_use", id, name, input: JSON.parse(args) as Json, caller: { type: "direct" } },
  }));
}

function blockEvents({ opening, deltas }: Streamed, index: number): Json[] {
  return [
    { type: "content_block_start", index, content_block: opening },
    ...(index === 0 ? [{ type: "ping" }] : []),
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}
