// What the simulated model "says": text that says it is simulated, tool calls and JSON made from the client's schemas.
// The same request always gives the same answer.
import type { Json } from "./answer.ts";
import { splitWords } from "./tokens.ts";

export interface ToolCall {
  id: string;
  name: string;
  /** JSON text. */
  arguments: string;
}

export interface Generated {
  /** The words of the text, each with the space before it; empty when tools are called. */
  words: string[];
  toolCalls: ToolCall[];
  finish: "stop" | "length" | "tool_calls";
}

/** What to generate from, however the client's API spells it. */
export interface Prompt {
  model: string;
  /** The last user message's text. */
  lastText: string;
  /** Whether the last message is a tool's result: then the model answers in words. */
  afterTool: boolean;
  tools: { name: string; parameters: unknown }[];
  toolChoice: "auto" | "none" | "required" | { name: string };
  parallelTools: boolean;
  /** The JSON schema to follow; `{}` for any object; null for text. */
  schema: unknown;
  /** 0 for no limit. */
  tokensMax: number;
  stop: string[];
  /** 0 for the natural length. */
  wordCount: number;
}

const quotedCharactersMax = 200;

export function generate(prompt: Prompt): Generated {
  const toolCalls = chooseTools(prompt);
  if (toolCalls.length > 0) return { words: [], toolCalls, finish: "tool_calls" };
  const text = prompt.schema === null ? answerText(prompt) : JSON.stringify(sampleOf(prompt.schema));
  const stopped = cutAtStop(text, prompt.stop);
  const words = splitWords(stopped);
  if (prompt.tokensMax > 0 && words.length > prompt.tokensMax) {
    return { words: words.slice(0, prompt.tokensMax), toolCalls: [], finish: "length" };
  }
  return { words, toolCalls: [], finish: "stop" };
}

/** The name the provider answers with, which says that no model was called. */
export function simulatedModel(model: unknown): string {
  const name = typeof model === "string" && model !== "" ? model : "unnamed";
  return name.startsWith("simulated") ? name : `simulated/${name}`;
}

function answerText({ model, lastText, wordCount }: Prompt): string {
  if (wordCount > 0) return Array.from({ length: wordCount }, (_, i) => `simulated-${i + 1}`).join(" ");
  const quoted = lastText.length > quotedCharactersMax ? `${lastText.slice(0, quotedCharactersMax)}…` : lastText;
  return (
    `This is a simulated answer: no model was called. ` +
    (quoted ? `You asked ${model} this: "${quoted.trim()}"` : `You asked ${model} nothing in words.`)
  );
}

function cutAtStop(text: string, stop: string[]): string {
  const ends = stop.map((s) => (s === "" ? -1 : text.indexOf(s))).filter((at) => at >= 0);
  return text.slice(0, Math.min(text.length, ...ends));
}

function chooseTools(prompt: Prompt): ToolCall[] {
  const { tools, toolChoice, afterTool } = prompt;
  if (toolChoice === "none" || tools.length === 0) return [];
  if (typeof toolChoice === "object") return tools.filter((tool) => tool.name === toolChoice.name).map(callOf);
  if (afterTool) return [];
  const mentioned = tools.filter((tool) => prompt.lastText.includes(tool.name));
  const chosen = mentioned.length > 0 ? mentioned : tools.slice(0, 1);
  return (prompt.parallelTools ? chosen : chosen.slice(0, 1)).map(callOf);
}

function callOf(tool: { name: string; parameters: unknown }, index: number): ToolCall {
  return {
    id: `call_simulated_${index + 1}`,
    name: tool.name,
    arguments: JSON.stringify(sampleOf(tool.parameters ?? {})),
  };
}

const depthMax = 16;

/** A value that fits a JSON schema of the kind OpenAI's structured outputs allow; strings say they are simulated. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (schema === null || typeof schema !== "object" || depth > depthMax) return null;
  const {
    $ref,
    const: constant,
    enum: choices,
    anyOf,
    oneOf,
    allOf,
    type,
    items,
    properties,
    minItems,
  } = schema as Json;
  if (typeof $ref === "string") return sampleOf(followReference(root, $ref), root, depth + 1);
  if (constant !== undefined) return constant;
  if (Array.isArray(choices)) return choices[0];
  const nested = [anyOf, oneOf, allOf].find(Array.isArray)?.[0] as unknown;
  if (nested !== undefined) return sampleOf(nested, root, depth + 1);
  switch (Array.isArray(type) ? (type[0] as unknown) : type) {
    case "string":
      return "simulated";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Number(minItems ?? 1) || 1 }, () => sampleOf(items ?? {}, root, depth + 1));
    default:
      return sampleObject(properties, root, depth);
  }
}

function sampleObject(properties: unknown, root: unknown, depth: number): Json {
  const members = Object.entries((properties ?? {}) as Json);
  if (members.length === 0 && depth === 0) return { simulated: true };
  return Object.fromEntries(members.map(([name, schema]) => [name, sampleOf(schema, root, depth + 1)]));
}

function followReference(root: unknown, reference: string): unknown {
  const steps = reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "");
  return steps.reduce<unknown>((value, step) => (value as Json | undefined)?.[step], root);
}
