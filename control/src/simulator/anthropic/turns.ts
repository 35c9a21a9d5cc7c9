// What Anthropic refuses about the order of messages and of the blocks in them. Messages of one role that follow each
// other are one turn. Each rule gives the sentence of the error, or null.
import type { Json } from "../answer.ts";
import { describeBase64 } from "../attachments.ts";
import { isSigned, unseal } from "../signatures.ts";
import { isAfterOpus46, takesPrefill } from "./models.ts";

export interface Block {
  /** `messages.2.content.0` */
  path: string;
  block: Json;
}

export interface Turn {
  role: string;
  /** The index of its last message. */
  index: number;
  blocks: Block[];
}

export function turnsOf(messages: Json[]): Turn[] {
  const turns: Turn[] = [];
  messages.forEach((message, index) => {
    const { role, content } = message;
    const list = (typeof content === "string" ? [{ type: "text", text: content }] : content) as Json[];
    const blocks = list.map((block, at) => ({ path: `messages.${index}.content.${at}`, block }));
    const last = turns.at(-1);
    if (last?.role === role) {
      last.blocks.push(...blocks);
      last.index = index;
    } else turns.push({ role: String(role), index, blocks });
  });
  return turns;
}

export function conversationFlaw(json: Json, messages: Json[], model: string): string | null {
  const turns = turnsOf(messages);
  return (
    orderFlaw(messages, model) ??
    emptinessFlaw(messages) ??
    firstFlaw(turns, placeFlaw) ??
    callFlaw(turns) ??
    firstFlaw(turns, mediaFlaw) ??
    firstFlaw(turns, signatureFlaw) ??
    missingThinkingFlaw(json, turns) ??
    cacheFlaw(json)
  );
}

function orderFlaw(messages: Json[], model: string): string | null {
  const first = messages[0];
  if (!first) return "messages: at least one message is required";
  if (first["role"] === "system" || (messages.some(({ role }) => role === "system") && !isAfterOpus46(model))) {
    return (
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as ' +
      "an input message role."
    );
  }
  if (first["role"] !== "user") return 'messages: first message must use the "user" role';
  if (messages.at(-1)?.["role"] === "assistant" && !takesPrefill(model)) {
    return "This model does not support assistant message prefill. The conversation must end with a user message.";
  }
  return null;
}

function emptinessFlaw(messages: Json[]): string | null {
  for (const [index, { role, content }] of messages.entries()) {
    const isLast = index === messages.length - 1;
    if ((content as string | Json[]).length === 0 && !(isLast && role === "assistant")) {
      return `messages.${index}: all messages must have non-empty content except for the optional final assistant message`;
    }
    const texts = typeof content === "string" ? [content] : (content as Json[]).map((block) => block["text"]);
    const said = texts.filter((text) => typeof text === "string");
    if (said.some((text) => text === "" && typeof content !== "string")) {
      return "messages: text content blocks must be non-empty";
    }
    if (said.some((text) => text !== "" && text.trim() === "")) {
      return "messages: text content blocks must contain non-whitespace text";
    }
    if (isLast && role === "assistant" && /\s$/.test(said.at(-1) ?? "")) {
      return "messages: final assistant content cannot end with trailing whitespace";
    }
  }
  return null;
}

function firstFlaw(turns: Turn[], rule: (block: Block, turn: Turn) => string | null): string | null {
  for (const turn of turns) {
    for (const block of turn.blocks) {
      const flaw = rule(block, turn);
      if (flaw !== null) return flaw;
    }
  }
  return null;
}

const assistantOnly = ["tool_use", "thinking", "redacted_thinking", "server_tool_use"];
const userOnly = ["tool_result", "image", "search_result"];

function placeFlaw({ path, block }: Block, { role }: Turn): string | null {
  const type = String(block["type"]);
  if (role !== "assistant" && assistantOnly.includes(type)) {
    return `${path}: \`${type}\` blocks can only be in \`assistant\` messages`;
  }
  return role !== "user" && userOnly.includes(type)
    ? `${path}: \`${type}\` blocks can only be in \`user\` messages`
    : null;
}

function callFlaw(turns: Turn[]): string | null {
  const seen = new Set<string>();
  for (const [at, turn] of turns.entries()) {
    const calls = idsIn(turn, "tool_use");
    const repeated = turn.blocks.find(({ block }) => block["type"] === "tool_use" && seen.has(String(block["id"])));
    if (repeated || new Set(calls).size < calls.length) {
      return `${repeated?.path ?? `messages.${turn.index}`}: \`tool_use\` ids must be unique`;
    }
    calls.forEach((id) => seen.add(id));
    const flaw = resultFlaw(turns[at - 1], turn) ?? openCallFlaw(turn, turns[at + 1]);
    if (flaw !== null) return flaw;
  }
  return null;
}

function idsIn(turn: Turn | undefined, type: "tool_use" | "tool_result"): string[] {
  const key = type === "tool_use" ? "id" : "tool_use_id";
  return (turn?.blocks ?? []).filter(({ block }) => block["type"] === type).map(({ block }) => String(block[key]));
}

function resultFlaw(previous: Turn | undefined, turn: Turn): string | null {
  const calls = idsIn(previous, "tool_use");
  const answered = new Set<string>();
  for (const { path, block } of turn.blocks) {
    if (block["type"] !== "tool_result") continue;
    const id = String(block["tool_use_id"]);
    if (!calls.includes(id)) {
      return (
        `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must ` +
        "have a corresponding `tool_use` block in the previous message."
      );
    }
    if (answered.has(id)) {
      return `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`;
    }
    answered.add(id);
  }
  return null;
}

/** Results stand before anything else in the message that follows, or they do not count. */
function openCallFlaw(turn: Turn, next: Turn | undefined): string | null {
  const calls = idsIn(turn, "tool_use");
  const blocks = next?.blocks ?? [];
  const end = blocks.findIndex(({ block }) => block["type"] !== "tool_result");
  const leading = blocks.slice(0, end < 0 ? blocks.length : end).map(({ block }) => String(block["tool_use_id"]));
  const open = calls.filter((id) => !leading.includes(id));
  if (open.length === 0) return null;
  return (
    `messages.${turn.index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ` +
    `${open.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
  );
}

function mediaFlaw({ path, block }: Block): string | null {
  const inner = block["type"] === "tool_result" && Array.isArray(block["content"]) ? (block["content"] as Json[]) : [];
  for (const [at, part] of inner.entries()) {
    const flaw = sourceFlaw(`${path}.tool_result.content.${at}`, part);
    if (flaw !== null) return flaw;
  }
  return sourceFlaw(path, block);
}

function sourceFlaw(path: string, { type, source }: Json): string | null {
  const { type: kind, data, media_type: mediaType } = (typeof source === "object" ? (source ?? {}) : {}) as Json;
  if (kind !== "base64" || describeBase64(String(mediaType), String(data)) !== null) return null;
  return `${path}.${String(type)}.source.base64: invalid base64 data`;
}

function signatureFlaw({ path, block }: Block): string | null {
  const { type, thinking, signature, data } = block;
  if (type === "thinking" && !isSigned("anthropic", String(thinking), signature)) {
    return `${path}: Invalid \`signature\` in \`thinking\` block`;
  }
  if (type === "redacted_thinking" && unseal("anthropic", data) === null) {
    return `${path}: Invalid \`data\` in \`redacted_thinking\` block`;
  }
  return null;
}

/** While tools are being called with a fixed thinking budget, the turn has to begin with its thoughts. */
function missingThinkingFlaw(json: Json, turns: Turn[]): string | null {
  const calling = turns.at(-2);
  const first = calling?.blocks[0];
  const isLoop = idsIn(calling, "tool_use").length > 0;
  if ((json["thinking"] as Json | undefined)?.["type"] !== "enabled" || !isLoop || !first) return null;
  const type = String(first.block["type"]);
  if (type === "thinking" || type === "redacted_thinking") return null;
  return (
    `${first.path}.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is ` +
    "enabled, a final `assistant` message must start with a thinking block (preceeding the lastmost set of `tool_use` " +
    "and `tool_result` blocks)."
  );
}

const cacheMarksMax = 4;

function cacheFlaw(json: Json): string | null {
  const marks = JSON.stringify([json["tools"], json["system"], json["messages"]]).match(/"cache_control":\{/g) ?? [];
  if (marks.length <= cacheMarksMax) return null;
  return `A maximum of ${cacheMarksMax} blocks with cache_control may be provided. Found ${marks.length}.`;
}
