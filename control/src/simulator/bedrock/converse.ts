// Converse's answer, whole and as the events of a stream.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
import type { Json } from "../answer.ts";
import type { Faults } from "../faults.ts";
import { outputTokens, type Finish, type Generated } from "../generate.ts";
import type { InputUsage } from "../prompt-cache.ts";
import { seal, sign } from "../signatures.ts";
import { argumentPieces } from "../tokens.ts";

const stopReasons: Record<Finish, string> = {
  stop: "end_turn",
  length: "max_tokens",
  stop_sequence: "stop_sequence",
  tool_calls: "tool_use",
  refusal: "guardrail_intervened",
  content_filter: "content_filtered",
};

interface Streamed {
  /** Only calls are announced. */
  start: Json | null;
  deltas: Json[];
  whole: Json;
}

export function converseAnswer(
  generated: Generated,
  input: InputUsage,
  faults: Faults,
): { whole: Json; events: Json[] } {
  const blocks = [...reasoningBlocks(generated, faults), ...saidBlocks(generated)];
  const output = outputTokens(generated);
  const usage = {
    inputTokens: input.fresh,
    outputTokens: output,
    totalTokens: input.fresh + input.read + input.written + output,
    cacheReadInputTokens: input.read,
    cacheWriteInputTokens: input.written,
  };
  const stopReason = stopReasons[generated.finish];
  const message = { role: "assistant", content: blocks.map(({ whole }) => whole) };
  return {
    whole: { output: { message }, stopReason, usage, metrics: { latencyMs: 1 } },
    events: [
      { messageStart: { role: "assistant", p: padding } },
      ...blocks.flatMap(blockEvents),
      { messageStop: { stopReason, p: padding } },
      { metadata: { usage, metrics: { latencyMs: 1 }, p: padding } },
    ],
  };
}

/** Bedrock pads its events, so that their sizes do not give away the words. */
const padding = "abcdefgh";

function blockEvents({ start, deltas }: Streamed, contentBlockIndex: number): Json[] {
  return [
    ...(start ? [{ contentBlockStart: { contentBlockIndex, start, p: padding } }] : []),
    ...deltas.map((delta) => ({ contentBlockDelta: { contentBlockIndex, delta, p: padding } })),
    { contentBlockStop: { contentBlockIndex, p: padding } },
  ];
}

function reasoningBlocks({ thinking }: Generated, faults: Faults): Streamed[] {
  if (thinking.length === 0) return [];
  const text = thinking.join("");
  if (faults.redactedThinking) {
    const whole = { reasoningContent: { redactedContent: seal("bedrock", text) } };
    return [{ start: null, deltas: [whole], whole }];
  }
  const signature = sign("bedrock", text);
  return [
    {
      start: null,
      deltas: [...thinking.map((word) => ({ reasoningContent: { text: word } })), { reasoningContent: { signature } }],
      whole: { reasoningContent: { reasoningText: { text, signature } } },
    },
  ];
}

function saidBlocks({ words, toolCalls }: Generated): Streamed[] {
  if (toolCalls.length === 0) {
    return [{ start: null, deltas: words.map((text) => ({ text })), whole: { text: words.join("") } }];
  }
  return toolCalls.map(({ id, name, arguments: args }) => ({
    start: { toolUse: { toolUseId: id, name } },
    // A call without arguments has one empty fragment.
    deltas: (args === "{}" ? [""] : argumentPieces(args)).map((input) => ({ toolUse: { input } })),
    whole: { toolUse: { toolUseId: id, name, input: JSON.parse(args) as Json } },
  }));
}
