// Hub → tools and the choice among them. https://platform.openai.com/docs/api-reference/responses/create
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

const NO_ARGUMENTS = Slice.of('{"type":"object","properties":{}}');

/** Writes the tools and the choice; tools of another dialect are dropped and named. */
export function encodeTools(json: JsonWriter, request: ChatRequest): void {
  let isOpen = false;
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (tool.raw.length && !tool.dialect.equals(own.NAME_OF_DIALECT)) {
      request.dropped.add(tool.name);
      continue;
    }
    if (!isOpen) json.key(names.TOOLS).beginArray();
    isOpen = true;
    if (tool.raw.length) json.raw(tool.raw);
    else encodeFunction(json, tool);
    request.dropped.addIf(names.CACHE_CONTROL, tool.rawCache);
  }
  // Without tools the provider refuses a choice.
  if (!isOpen) return;
  json.endArray();
  encodeToolChoice(json, request);
}

/** A function is strict here unless it says that it is not; in other dialects it is the other way round. */
function encodeFunction(json: JsonWriter, tool: Tool): void {
  json.beginObject().key(names.TYPE).text(names.FUNCTION);
  writeContent(json.key(names.NAME), tool.name);
  writeContentAt(json, names.DESCRIPTION, tool.description);
  json.key(own.PARAMETERS).raw(tool.rawSchema.length ? tool.rawSchema : NO_ARGUMENTS);
  json.key(names.STRICT).flag(tool.rawStrict.equals(names.TRUE)).endObject();
}

function encodeToolChoice(json: JsonWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  if (choice.parallel >= 0) json.key(own.PARALLEL_TOOL_CALLS).flag(choice.parallel == 1);
  if (choice.kind == ToolChoiceKind.Unset || hasOwnChoice(request)) return;
  json.key(names.TOOL_CHOICE);
  if (choice.kind == ToolChoiceKind.Named) encodeNamed(json, choice);
  else json.text(wordOf(choice.kind));
}

/** Whether the choice is among the extras, as it was. */
function hasOwnChoice(request: ChatRequest): bool {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.key.equals(names.TOOL_CHOICE) && extra.dialect.equals(own.NAME_OF_DIALECT)) return true;
  }
  return false;
}

function wordOf(kind: ToolChoiceKind): Slice {
  if (kind == ToolChoiceKind.None) return names.NONE;
  return kind == ToolChoiceKind.Required ? own.REQUIRED : names.AUTO;
}

/** One forced function, or the functions among which to choose. */
function encodeNamed(json: JsonWriter, choice: ToolChoice): void {
  if (choice.isForced && choice.names.length == 1) {
    encodeFunctionName(json, choice.names[0]);
    return;
  }
  json.beginObject().key(names.TYPE).text(own.ALLOWED_TOOLS);
  json.key(own.MODE).text(choice.isForced ? own.REQUIRED : names.AUTO);
  json.key(names.TOOLS).beginArray();
  for (let i = 0; i < choice.names.length; ++i) encodeFunctionName(json, choice.names[i]);
  json.endArray().endObject();
}

function encodeFunctionName(json: JsonWriter, name: Slice): void {
  json.beginObject().key(names.TYPE).text(names.FUNCTION);
  writeContent(json.key(names.NAME), name);
  json.endObject();
}
