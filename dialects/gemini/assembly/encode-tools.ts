// Hub → tools and the choice among them. https://ai.google.dev/gemini-api/docs/function-calling
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

const PARALLEL_TOOL_CALLS = Slice.of("parallel_tool_calls");

/** Whether there is a function among the tools. */
export function hasFunctions(request: ChatRequest): bool {
  for (let i = 0; i < request.tools.length; ++i) if (!request.tools[i].raw.length) return true;
  return false;
}

/** Writes the tools; those of another dialect are dropped and named. */
export function encodeTools(json: JsonWriter, request: ChatRequest): void {
  let isOpen = false;
  if (hasFunctions(request)) {
    isOpen = true;
    json.key(own.TOOLS.json).beginArray();
    encodeFunctions(json, request);
  }
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (!tool.raw.length) continue;
    if (!tool.dialect.equals(own.NAME_OF_DIALECT)) {
      request.dropped.add(tool.name);
      continue;
    }
    if (!isOpen) json.key(own.TOOLS.json).beginArray();
    isOpen = true;
    json.raw(tool.raw);
  }
  if (isOpen) json.endArray();
}

function encodeFunctions(json: JsonWriter, request: ChatRequest): void {
  json.beginObject().key(own.FUNCTION_DECLARATIONS.json).beginArray();
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (tool.raw.length) continue;
    encodeFunction(json, tool);
    request.dropped.addIf(names.CACHE_CONTROL, tool.rawCache);
  }
  json.endArray().endObject();
}

/** The schema goes as JSON Schema, as it is: the older `parameters` know a part of it only. */
function encodeFunction(json: JsonWriter, tool: Tool): void {
  json.beginObject();
  writeContent(json.key(names.NAME), tool.name);
  writeContentAt(json, names.DESCRIPTION, tool.description);
  writeRawAt(json, own.PARAMETERS_JSON_SCHEMA.json, tool.rawSchema);
  json.endObject();
}

/** Writes `toolConfig`, or the client's own where it said more than the hub knows. */
export function encodeToolChoice(json: JsonWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  if (choice.parallel == 0) request.dropped.add(PARALLEL_TOOL_CALLS);
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.dialect.equals(own.NAME_OF_DIALECT) && extra.key.equals(own.TOOL_CONFIG.json)) return;
  }
  const mode = modeOf(choice, isStrict(request));
  if (!mode.length || !hasFunctions(request)) return;
  json.key(own.TOOL_CONFIG.json).beginObject().key(own.FUNCTION_CALLING_CONFIG.json).beginObject();
  json.key(own.MODE).text(mode);
  if (choice.kind == ToolChoiceKind.Named && choice.names.length) {
    json.key(own.ALLOWED_FUNCTION_NAMES.json).beginArray();
    for (let i = 0; i < choice.names.length; ++i) writeContent(json, choice.names[i]);
    json.endArray();
  }
  json.endObject().endObject();
}

/** Whether a function's arguments must follow its schema: VALIDATED holds all functions to theirs. */
function isStrict(request: ChatRequest): bool {
  for (let i = 0; i < request.tools.length; ++i) if (request.tools[i].rawStrict.equals(names.TRUE)) return true;
  return false;
}

function modeOf(choice: ToolChoice, isStrict: bool): Slice {
  switch (choice.kind) {
    case ToolChoiceKind.None:
      return own.NONE;
    case ToolChoiceKind.Required:
      return own.ANY;
    case ToolChoiceKind.Named:
      return choice.isForced ? own.ANY : own.VALIDATED;
    case ToolChoiceKind.Auto:
      return isStrict ? own.VALIDATED : own.AUTO;
    default:
      return isStrict ? own.VALIDATED : Slice.empty();
  }
}
