// Hub → `toolConfig`. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { isBlank } from "../../anthropic/assembly/encode-part";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { PartKind } from "../../hub/assembly/part";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import { BlockEncoder } from "./encode-part";
import { enforcesSchemas, Family, isClaude, takesOwnToolChoice } from "./model";
import * as own from "./names";

const TOOL_CONFIG = Slice.of("toolConfig");
const TOOL_CHOICE = Slice.of("toolChoice");
const TOOL_SPEC = Slice.of("toolSpec");
const INPUT_SCHEMA = Slice.of("inputSchema");
const JSON = Slice.of("json");
const ANY = Slice.of("any");
const PARALLEL_TOOL_CALLS = Slice.of("parallel_tool_calls");
const NO_ARGUMENTS = Slice.of('{"type":"object","properties":{}}');
const OWN_NONE = Slice.of('{"type":"none"}');
const OWN_SINGLE = Slice.of('{"type":"auto","disable_parallel_tool_use":true}');
/** As many names are taken out of a history: each call is looked up among them. */
const HISTORY_NAMES_MAX: i32 = 256;

/** Writes the tools and the choice among them. */
export function encodeTools(json: JsonWriter, request: ChatRequest, family: Family): void {
  const isNone = isNoneWanted(request);
  if (isNone && !hasToolBlocks(request)) return;
  const tools = carriedTools(request);
  if (!tools.length && hasToolBlocks(request)) addHistoryTools(request, tools);
  if (!tools.length) return;
  json.key(TOOL_CONFIG).beginObject().key(names.TOOLS).beginArray();
  const blocks = new BlockEncoder(json, request, family);
  for (let i = 0; i < tools.length; ++i) {
    encodeTool(json, tools[i], request, family);
    // Of the models with cache points only Claude takes them among tools.
    if (isClaude(family)) blocks.encodeCachePoint(tools[i].rawCache);
    else request.dropped.addIf(names.CACHE_CONTROL, tools[i].rawCache);
  }
  json.endArray();
  encodeChoice(json, request, family);
  json.endObject();
}

/**
 * Claude's own `tool_choice`, for what Converse has no word for; empty where it has, or the model would not take it.
 * It takes the place of `toolChoice`: both at once are refused.
 */
export function ownToolChoice(request: ChatRequest, family: Family): Slice {
  if (!takesOwnToolChoice(request.model, family)) return Slice.empty();
  if (isNoneWanted(request)) return hasToolBlocks(request) ? OWN_NONE : Slice.empty();
  return request.toolChoice.parallel == 0 && !isForced(request.toolChoice) ? OWN_SINGLE : Slice.empty();
}

/** Whether no tool may be called; so it is too where there are none. */
function isNoneWanted(request: ChatRequest): bool {
  return request.toolChoice.kind == ToolChoiceKind.None || !request.tools.length;
}

function isForced(choice: ToolChoice): bool {
  return choice.kind == ToolChoiceKind.Required || (choice.kind == ToolChoiceKind.Named && choice.isForced);
}

function hasToolBlocks(request: ChatRequest): bool {
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    if (message.has(PartKind.ToolCall) || message.has(PartKind.ToolResult)) return true;
  }
  return false;
}

/** The tools but those of other dialects, which are named as dropped, and those that may not be chosen. */
function carriedTools(request: ChatRequest): Tool[] {
  const tools: Tool[] = [];
  const choice = request.toolChoice;
  const isAmongSome = choice.kind == ToolChoiceKind.Named && choice.names.length > 1;
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (tool.raw.length) request.dropped.add(tool.name);
    else if (!isAmongSome || names.isOneOf(tool.name, choice.names)) tools.push(tool);
  }
  return tools;
}

/**
 * The API refuses a history with calls where no tools are defined: so those that were called are, though nothing is
 * known of them but their names.
 */
function addHistoryTools(request: ChatRequest, tools: Tool[]): void {
  const known: Slice[] = [];
  for (let i = 0; i < request.messages.length; ++i) {
    const parts = request.messages[i].parts;
    for (let k = 0; k < parts.length; ++k) {
      if (parts[k].kind != PartKind.ToolCall || known.length == HISTORY_NAMES_MAX) continue;
      if (!names.isOneOf(parts[k].name, known)) known.push(parts[k].name);
    }
  }
  if (!known.length) known.push(own.TOOL);
  for (let i = 0; i < known.length; ++i) {
    const tool = new Tool();
    tool.name = known[i];
    tools.push(tool);
  }
}

function encodeTool(json: JsonWriter, tool: Tool, request: ChatRequest, family: Family): void {
  const hasSchema = tool.rawSchema.length && !tool.rawSchema.equals(names.EMPTY_OBJECT);
  json.beginObject().key(TOOL_SPEC).beginObject();
  writeContent(json.key(names.NAME), tool.name);
  if (!isBlank(tool.description)) writeContent(json.key(names.DESCRIPTION), tool.description);
  json.key(INPUT_SCHEMA).beginObject().key(JSON);
  json.raw(hasSchema ? tool.rawSchema : NO_ARGUMENTS).endObject();
  if (tool.rawStrict.equals(names.TRUE)) {
    if (enforcesSchemas(request.model, family)) json.key(names.STRICT).flag(true);
    else request.dropped.add(names.STRICT);
  }
  json.endObject().endObject();
}

/** `auto` is what happens without a choice. */
function encodeChoice(json: JsonWriter, request: ChatRequest, family: Family): void {
  const choice = request.toolChoice;
  const isOwn = ownToolChoice(request, family).length > 0;
  if (choice.kind == ToolChoiceKind.None && !isOwn) request.dropped.add(names.TOOL_CHOICE);
  if (choice.parallel == 0 && !isOwn) request.dropped.add(PARALLEL_TOOL_CALLS);
  if (isOwn || !isForced(choice)) return;
  json.key(TOOL_CHOICE).beginObject();
  const isOne = choice.kind == ToolChoiceKind.Named && choice.names.length == 1;
  json.key(isOne ? own.TOOL : ANY).beginObject();
  if (isOne) writeContent(json.key(names.NAME), choice.names[0]);
  json.endObject().endObject();
}
