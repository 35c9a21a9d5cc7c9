// Hub → tools and the choice among them. https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

const NO_ARGUMENTS = Slice.of('{"type":"object","properties":{}}');

/** Writes the tools; those of another dialect are dropped and named. */
export function encodeTools(json: JsonWriter, request: ChatRequest): void {
  let isOpen = false;
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (tool.raw.length && !tool.dialect.equals(own.NAME_OF_DIALECT)) {
      request.dropped.add(tool.name);
      continue;
    }
    if (!isChoosable(request.toolChoice, tool)) continue;
    if (!isOpen) json.key(names.TOOLS).beginArray();
    isOpen = true;
    if (tool.raw.length) json.raw(tool.raw);
    else encodeTool(json, tool);
  }
  if (!isOpen) return;
  json.endArray();
  encodeToolChoice(json, request.toolChoice);
}

/** There is no choice among some of the tools: the others are left out. */
function isChoosable(choice: ToolChoice, tool: Tool): bool {
  return choice.kind != ToolChoiceKind.Named || choice.names.length < 2 || names.isOneOf(tool.name, choice.names);
}

function encodeTool(json: JsonWriter, tool: Tool): void {
  json.beginObject();
  writeContent(json.key(names.NAME), tool.name);
  writeContentAt(json, names.DESCRIPTION, tool.description);
  json.key(own.INPUT_SCHEMA).raw(tool.rawSchema.length ? tool.rawSchema : NO_ARGUMENTS);
  if (tool.rawStrict.equals(names.TRUE)) json.key(names.STRICT).flag(true);
  writeRawAt(json, names.CACHE_CONTROL, tool.rawCache);
  json.endObject();
}

function encodeToolChoice(json: JsonWriter, choice: ToolChoice): void {
  if (choice.kind == ToolChoiceKind.Unset && choice.parallel < 0) return;
  json.key(names.TOOL_CHOICE).beginObject();
  const type = typeOf(choice);
  json.key(names.TYPE).text(type);
  if (type.equals(own.TOOL)) writeContent(json.key(names.NAME), choice.names[0]);
  if (choice.parallel >= 0 && !type.equals(names.NONE)) json.key(own.DISABLE_PARALLEL).flag(choice.parallel == 0);
  json.endObject();
}

function typeOf(choice: ToolChoice): Slice {
  switch (choice.kind) {
    case ToolChoiceKind.None:
      return names.NONE;
    case ToolChoiceKind.Required:
      return own.ANY;
    case ToolChoiceKind.Named:
      if (!choice.isForced) return names.AUTO;
      return choice.names.length == 1 ? own.TOOL : own.ANY;
    default:
      return names.AUTO;
  }
}

/** Whether a tool must be called: then the API refuses thinking. */
export function isForced(choice: ToolChoice): bool {
  return choice.kind == ToolChoiceKind.Required || (choice.kind == ToolChoiceKind.Named && choice.isForced);
}
