// Tools and the choice among them → hub, the older `functions` and `function_call` included.
// https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { contentAt, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

/** As many tools as a choice may name: each tool is compared with each name. */
const NAMES_MAX: i32 = 256;

/** Reads the tools. What is no function is kept for this dialect. */
export function decodeTools(tape: JsonTape, request: ChatRequest): void {
  const list = tape.find(tape.root, names.TOOLS);
  for (let node = firstOf(tape, list); node >= 0; node = tape.next(node)) {
    const body = tape.find(node, names.FUNCTION);
    const tool = tape.kind(body) == JsonKind.Object ? decodeFunction(tape, body) : opaqueTool(tape, node);
    tool.rawCache = rawAt(tape, node, names.CACHE_CONTROL);
    request.tools.push(tool);
  }
  const older = tape.find(tape.root, own.FUNCTIONS);
  for (let node = firstOf(tape, older); node >= 0; node = tape.next(node)) {
    request.tools.push(decodeFunction(tape, node));
  }
}

function firstOf(tape: JsonTape, list: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

function decodeFunction(tape: JsonTape, body: i32): Tool {
  const tool = new Tool();
  tool.name = contentAt(tape, body, names.NAME);
  tool.description = contentAt(tape, body, names.DESCRIPTION);
  tool.rawSchema = rawAt(tape, body, own.PARAMETERS);
  tool.rawStrict = rawAt(tape, body, names.STRICT);
  return tool;
}

function opaqueTool(tape: JsonTape, node: i32): Tool {
  const tool = new Tool();
  tool.dialect = own.NAME_OF_DIALECT;
  tool.name = contentAt(tape, node, names.TYPE);
  tool.raw = tape.raw(node);
  return tool;
}

/** Reads `tool_choice`, `function_call` and `parallel_tool_calls`. */
export function decodeToolChoice(tape: JsonTape, request: ChatRequest): void {
  const choice = request.toolChoice;
  const parallel = tape.kind(tape.find(tape.root, own.PARALLEL_TOOL_CALLS));
  if (parallel == JsonKind.True) choice.parallel = 1;
  if (parallel == JsonKind.False) choice.parallel = 0;
  let node = tape.find(tape.root, names.TOOL_CHOICE);
  if (node < 0) node = tape.find(tape.root, own.FUNCTION_CALL);
  if (tape.kind(node) == JsonKind.String) choice.kind = kindOf(tape.text(node));
  if (tape.kind(node) == JsonKind.Object) decodeNamed(tape, node, choice);
}

function kindOf(word: Slice): ToolChoiceKind {
  if (word.equals(names.NONE)) return ToolChoiceKind.None;
  return word.equals(own.REQUIRED) ? ToolChoiceKind.Required : ToolChoiceKind.Auto;
}

/**
 * `{"type":"function","function":{"name"}}`, `{"name"}`, or `{"type":"allowed_tools","allowed_tools":{mode,tools}}`.
 */
function decodeNamed(tape: JsonTape, node: i32, choice: ToolChoice): void {
  choice.kind = ToolChoiceKind.Named;
  const allowed = tape.find(node, own.ALLOWED_TOOLS);
  if (tape.kind(allowed) != JsonKind.Object) {
    pushName(tape, node, choice);
    return;
  }
  choice.isForced = tape.equals(tape.find(allowed, own.MODE), own.REQUIRED);
  const list = tape.find(allowed, names.TOOLS);
  for (let tool = firstOf(tape, list); tool >= 0; tool = tape.next(tool)) pushName(tape, tool, choice);
}

function pushName(tape: JsonTape, node: i32, choice: ToolChoice): void {
  const body = tape.find(node, names.FUNCTION);
  const name = contentAt(tape, tape.kind(body) == JsonKind.Object ? body : node, names.NAME);
  if (name.length && choice.names.length < NAMES_MAX) choice.names.push(name);
}
