// Hub → tools and the choice among them. https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { EncodeOptions } from "../../hub/assembly/options";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

/** Writes the tools; one of another dialect is dropped and named. */
export function encodeTools(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
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
    else encodeTool(json, tool, options);
    if (!options.keepsCacheMarks) request.dropped.addIf(names.CACHE_CONTROL, tool.rawCache);
  }
  if (isOpen) json.endArray();
}

function encodeTool(json: JsonWriter, tool: Tool, options: EncodeOptions): void {
  json.beginObject().key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
  writeContent(json.key(names.NAME), tool.name);
  writeContentAt(json, names.DESCRIPTION, tool.description);
  writeRawAt(json, own.PARAMETERS, tool.rawSchema);
  writeRawAt(json, names.STRICT, tool.rawStrict);
  json.endObject();
  if (options.keepsCacheMarks) writeRawAt(json, names.CACHE_CONTROL, tool.rawCache);
  json.endObject();
}

/** Writes `tool_choice` and `parallel_tool_calls`. */
export function encodeToolChoice(json: JsonWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  // Without tools the provider refuses both.
  if (!request.tools.length) return;
  if (choice.parallel >= 0) json.key(own.PARALLEL_TOOL_CALLS).flag(choice.parallel == 1);
  if (choice.kind == ToolChoiceKind.Unset) return;
  json.key(names.TOOL_CHOICE);
  if (choice.kind == ToolChoiceKind.Named) encodeNamed(json, choice);
  else json.text(wordOf(choice.kind));
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
  json.beginObject().key(names.TYPE).text(own.ALLOWED_TOOLS).key(own.ALLOWED_TOOLS).beginObject();
  json.key(own.MODE).text(choice.isForced ? own.REQUIRED : names.AUTO);
  json.key(names.TOOLS).beginArray();
  for (let i = 0; i < choice.names.length; ++i) encodeFunctionName(json, choice.names[i]);
  json.endArray().endObject().endObject();
}

function encodeFunctionName(json: JsonWriter, name: Slice): void {
  json.beginObject().key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
  writeContent(json.key(names.NAME), name);
  json.endObject().endObject();
}
