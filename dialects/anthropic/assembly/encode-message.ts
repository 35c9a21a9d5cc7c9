// Hub → system prompt and messages. Roles alternate here, so neighbours of one role become one message, and results
// come first in it, as the API demands.
// https://platform.claude.com/docs/en/build-with-claude/working-with-messages
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { BlockEncoder } from "./encode-part";

const NAME = Slice.of("messages.name");

/** All instructions as `system`: a text where there is one without a cache mark, else a list. */
export function encodeSystem(json: JsonWriter, request: ChatRequest): void {
  const blocks = new BlockEncoder(json, request.dropped);
  const parts: Part[] = [];
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    if (message.isInstruction) pushCarried(message, blocks, parts);
  }
  if (!parts.length) return;
  json.key(names.SYSTEM);
  if (parts.length == 1 && !parts[0].rawCache.length) writeContent(json, parts[0].text);
  else writeBlocks(json, blocks, parts);
}

/** The conversation as `messages`. */
export function encodeMessages(json: JsonWriter, request: ChatRequest): void {
  const blocks = new BlockEncoder(json, request.dropped);
  json.key(names.MESSAGES).beginArray();
  let role = Role.System;
  const parts: Part[] = [];
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    request.dropped.addIf(NAME, message.name);
    if (message.isInstruction) continue;
    if (message.role != role) {
      encodeTurn(json, blocks, role, parts);
      parts.length = 0;
      role = message.role;
    }
    pushCarried(message, blocks, parts);
  }
  encodeTurn(json, blocks, role, parts);
  json.endArray();
}

function pushCarried(message: Message, blocks: BlockEncoder, parts: Part[]): void {
  for (let i = 0; i < message.parts.length; ++i) {
    if (blocks.isCarried(message.parts[i])) parts.push(message.parts[i]);
  }
}

function encodeTurn(json: JsonWriter, blocks: BlockEncoder, role: Role, parts: Part[]): void {
  if (!parts.length) return;
  json
    .beginObject()
    .key(names.ROLE)
    .text(role == Role.Assistant ? names.ASSISTANT : names.USER);
  json.key(names.CONTENT);
  const only = parts[0];
  if (parts.length == 1 && only.kind == PartKind.Text && !only.rawCache.length && !only.rawCitations.length) {
    writeContent(json, only.text);
  } else writeBlocks(json, blocks, resultsFirst(parts));
  json.endObject();
}

function resultsFirst(parts: Part[]): Part[] {
  if (areResultsFirst(parts)) return parts;
  const sorted: Part[] = [];
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolResult) sorted.push(parts[i]);
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind != PartKind.ToolResult) sorted.push(parts[i]);
  return sorted;
}

function areResultsFirst(parts: Part[]): bool {
  for (let i = 1; i < parts.length; ++i) {
    if (parts[i].kind == PartKind.ToolResult && parts[i - 1].kind != PartKind.ToolResult) return false;
  }
  return true;
}

function writeBlocks(json: JsonWriter, blocks: BlockEncoder, parts: Part[]): void {
  json.beginArray();
  for (let i = 0; i < parts.length; ++i) blocks.encode(parts[i]);
  json.endArray();
}
