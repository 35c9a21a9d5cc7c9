// What the simulated model "says": thoughts, text that says it is simulated, tool calls and JSON made from the client's
// schemas. The same request always gives the same answer. Each family writes it in its own format.
import { noFaults, type Faults } from "./faults.ts";
import { sampleOf } from "./sample.ts";
import { countTokens, splitWords } from "./tokens.ts";

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

export type Finish = "stop" | "length" | "stop_sequence" | "tool_calls" | "refusal" | "content_filter";

export interface Generated {
  /** The words of the thoughts; empty when no thinking was asked for. */
  thinking: string[];
  /** The words of the text, each with the space before it; empty when tools are called. */
  words: string[];
  toolCalls: ToolCall[];
  finish: Finish;
  /** Which one ended the text. */
  stopSequence: string | null;
}

export interface Tool {
  name: string;
  parameters: unknown;
}

/** What to generate from, however the client's API spells it. */
export interface Prompt {
  model: string;
  /** The last user message's text. */
  lastText: string;
  /** What the user attached to it, such as "image/png of 68 bytes". */
  attachments: string[];
  /** The results with which the conversation ends: then the model answers in words. */
  toolResults: string[];
  /** How many times tools were called since the user last said something. */
  toolRounds: number;
  tools: Tool[];
  toolChoice: "auto" | "none" | "required" | { name: string };
  parallelTools: boolean;
  /** What the ids of calls begin with; unique in a conversation. */
  callIdSeed: string;
  thinking: boolean;
  /** The JSON schema to follow; `{}` for any object; null for text. */
  schema: unknown;
  /** 0 for no limit. */
  tokensMax: number;
  stop: string[];
  faults: Faults;
}

/** A prompt that asks for nothing but words. */
export const plainPrompt: Prompt = {
  model: "",
  lastText: "",
  attachments: [],
  toolResults: [],
  toolRounds: 0,
  tools: [],
  toolChoice: "auto",
  parallelTools: true,
  callIdSeed: "call",
  thinking: false,
  schema: null,
  tokensMax: 0,
  stop: [],
  faults: noFaults,
};

/** The schema of JSON mode, where any object will do. */
export const anyObject = { type: "object", properties: { simulated: { const: true } } };

/** One token a word, and a tool call by the length of its JSON. */
export function outputTokens({ thinking, words, toolCalls }: Generated): number {
  const calls = toolCalls.reduce((sum, call) => sum + countTokens(call.name + call.arguments), 0);
  return thinking.length + words.length + calls;
}

export function generate(prompt: Prompt): Generated {
  const { faults, tokensMax } = prompt;
  const nothing = { thinking: thoughts(prompt), words: [], toolCalls: [], stopSequence: null };
  if (faults.refusal) return { ...nothing, words: splitWords(refusal), finish: "refusal" };
  const toolCalls = chooseTools(prompt);
  if (toolCalls.length > 0) return { ...nothing, toolCalls, finish: "tool_calls" };
  const text = prompt.schema === null ? answerText(prompt) : JSON.stringify(sampleOf(prompt.schema));
  if (faults.contentFilter) {
    const words = splitWords(text);
    return { ...nothing, words: words.slice(0, words.length >> 1), finish: "content_filter" };
  }
  const { stopped, stopSequence } = cutAtStop(text, prompt.stop);
  const words = splitWords(stopped);
  if (tokensMax > 0 && words.length > tokensMax && !faults.ignoresBound) {
    return { ...nothing, words: words.slice(0, tokensMax), finish: "length" };
  }
  return { ...nothing, words, finish: stopSequence === null ? "stop" : "stop_sequence", stopSequence };
}

const refusal = "This is a simulated refusal: the model declines to answer.";

/** The name the provider answers with, which says that no model was called. */
export function simulatedModel(model: unknown): string {
  const name = typeof model === "string" && model !== "" ? model : "unnamed";
  return name.startsWith("simulated") ? name : `simulated/${name}`;
}

const quotedCharactersMax = 200;

function quote(text: string): string {
  const cut = text.length > quotedCharactersMax ? `${text.slice(0, quotedCharactersMax)}…` : text;
  return `"${cut.trim()}"`;
}

function thoughts({ thinking, lastText }: Prompt): string[] {
  return thinking ? splitWords(`Simulated thinking about ${quote(lastText)}, which is done quickly.`) : [];
}

function answerText({ model, lastText, attachments, toolResults, faults }: Prompt): string {
  if (faults.words > 0) return Array.from({ length: faults.words }, (_, i) => `simulated-${i + 1}`).join(" ");
  const asked = lastText ? `You asked ${model} this: ${quote(lastText)}` : `You asked ${model} nothing in words.`;
  const attached = attachments.length > 0 ? ` You attached ${attachments.join(", ")}.` : "";
  const results = toolResults.length > 0 ? ` The tools gave ${toolResults.map(quote).join(", ")}.` : "";
  return `This is a simulated answer: no model was called. ${asked}${attached}${results}`;
}

function cutAtStop(text: string, stop: string[]): { stopped: string; stopSequence: string | null } {
  const ends = stop
    .filter((sequence) => sequence !== "" && text.includes(sequence))
    .map((sequence) => ({ stopped: text.slice(0, text.indexOf(sequence)), stopSequence: sequence }));
  ends.sort((a, b) => a.stopped.length - b.stopped.length);
  return ends[0] ?? { stopped: text, stopSequence: null };
}

/**
 * The tools that the user's text names, else the first. "Call a, then b" is done in two rounds; what is named in one
 * round is called in parallel.
 */
function chooseTools(prompt: Prompt): ToolCall[] {
  const { tools, toolChoice, toolRounds, toolResults, callIdSeed, lastText } = prompt;
  if (toolChoice === "none" || tools.length === 0) return [];
  const call = (tool: Tool, index: number): ToolCall => ({
    id: `${callIdSeed}_${index + 1}`,
    name: tool.name,
    arguments: argumentsFor(tool, lastText),
  });
  if (typeof toolChoice === "object") return tools.filter((tool) => tool.name === toolChoice.name).map(call);
  const round = toolResults.length > 0 ? Math.max(toolRounds, 1) : toolRounds;
  const part = lastText.split(/\bthen\b/)[round] ?? "";
  const mentioned = tools.filter((tool) => part.includes(tool.name));
  const otherwise = round > 0 ? [] : tools.slice(0, 1);
  const chosen = mentioned.length > 0 ? mentioned : otherwise;
  return (prompt.parallelTools ? chosen : chosen.slice(0, 1)).map(call);
}

/** What the user's text gives after the tool's name, `get_weather {"city": "Łódź"}`, else what the schema allows. */
function argumentsFor(tool: Tool, text: string): string {
  const after = text.slice(text.indexOf(tool.name) + tool.name.length);
  const given = text.includes(tool.name) ? /^(?:\(| with | )?(\{.*)/s.exec(after)?.[1] : undefined;
  return (given && jsonAtStart(given)) || JSON.stringify(sampleOf(tool.parameters ?? {}));
}

/** The JSON object with which the text begins, or an empty text. */
function jsonAtStart(text: string): string {
  for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}", end + 1)) {
    const candidate = text.slice(0, end + 1);
    try {
      JSON.parse(candidate);
      return candidate;
    } catch {
      // A brace inside the object: try up to the next one.
    }
  }
  return "";
}
