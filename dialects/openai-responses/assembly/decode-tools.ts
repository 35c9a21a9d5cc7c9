// Tools and the choice among them → hub. https://platform.openai.com/docs/api-reference/responses/create
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra } from "../../hub/assembly/chat-request";
import { Dropped } from "../../hub/assembly/dropped";
import { contentAt, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

/** As many tools as a choice may name: each tool is compared with each name. */
const NAMES_MAX: i32 = 256;
// What is read of a function. Other members, such as `defer_loading`, have no place in other dialects.
const KNOWN: Slice[] = [names.TYPE, names.NAME, names.DESCRIPTION, own.PARAMETERS, names.STRICT];

/** Reads the tools. What is no function runs at the provider, or is called in a form of its own. */
export function decodeTools(tape: JsonTape, request: ChatRequest): void {
  const list = tape.find(tape.root, names.TOOLS);
  for (let node = firstOf(tape, list); node >= 0; node = tape.next(node)) {
    const isFunction = tape.equals(tape.find(node, names.TYPE), names.FUNCTION);
    request.tools.push(isFunction ? decodeFunction(tape, node, request.dropped) : opaqueTool(tape, node));
  }
}

function firstOf(tape: JsonTape, list: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

function decodeFunction(tape: JsonTape, node: i32, dropped: Dropped): Tool {
  const tool = new Tool();
  tool.name = contentAt(tape, node, names.NAME);
  tool.description = contentAt(tape, node, names.DESCRIPTION);
  tool.rawSchema = rawAt(tape, node, own.PARAMETERS);
  tool.rawStrict = rawAt(tape, node, names.STRICT);
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    dropped.add(tape.keyText(member));
  }
  return tool;
}

function opaqueTool(tape: JsonTape, node: i32): Tool {
  const tool = new Tool();
  tool.dialect = own.NAME_OF_DIALECT;
  tool.name = contentAt(tape, node, names.TYPE);
  tool.raw = tape.raw(node);
  return tool;
}

/** Reads `tool_choice` and `parallel_tool_calls`. */
export function decodeToolChoice(tape: JsonTape, request: ChatRequest): void {
  const choice = request.toolChoice;
  const parallel = tape.kind(tape.find(tape.root, own.PARALLEL_TOOL_CALLS));
  if (parallel == JsonKind.True) choice.parallel = 1;
  if (parallel == JsonKind.False) choice.parallel = 0;
  const node = tape.find(tape.root, names.TOOL_CHOICE);
  if (tape.kind(node) == JsonKind.String) choice.kind = kindOf(tape.text(node));
  if (tape.kind(node) != JsonKind.Object) return;
  const isWhole = tape.equals(tape.find(node, names.TYPE), own.ALLOWED_TOOLS)
    ? decodeAllowed(tape, node, choice)
    : decodeNamed(tape, node, choice);
  // What names the provider's own tools is kept as it is.
  if (!isWhole) request.extras.push(new Extra(own.NAME_OF_DIALECT, names.TOOL_CHOICE, tape.raw(node)));
}

function kindOf(word: Slice): ToolChoiceKind {
  if (word.equals(names.NONE)) return ToolChoiceKind.None;
  return word.equals(own.REQUIRED) ? ToolChoiceKind.Required : ToolChoiceKind.Auto;
}

/** `{"type":"function","name"}`. False for another type of tool. */
function decodeNamed(tape: JsonTape, node: i32, choice: ToolChoice): bool {
  if (!tape.equals(tape.find(node, names.TYPE), names.FUNCTION)) return false;
  choice.kind = ToolChoiceKind.Named;
  choice.names.push(contentAt(tape, node, names.NAME));
  return true;
}

/** `{"type":"allowed_tools","mode","tools"}`. False where it allows what is no function. */
function decodeAllowed(tape: JsonTape, node: i32, choice: ToolChoice): bool {
  let isWhole = true;
  const list = tape.find(node, names.TOOLS);
  for (let tool = firstOf(tape, list); tool >= 0; tool = tape.next(tool)) {
    if (!tape.equals(tape.find(tool, names.TYPE), names.FUNCTION)) isWhole = false;
    else if (choice.names.length < NAMES_MAX) choice.names.push(contentAt(tape, tool, names.NAME));
  }
  choice.isForced = tape.equals(tape.find(node, own.MODE), own.REQUIRED);
  choice.kind = choice.names.length ? ToolChoiceKind.Named : ToolChoiceKind.None;
  return isWhole;
}
