// Tools and the choice among them → hub. https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { contentAt, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import * as own from "./names";

/** Reads the tools. One with a type of its own runs at the provider, or has a schema that only its models know. */
export function decodeTools(tape: JsonTape, request: ChatRequest): void {
  const list = tape.find(tape.root, names.TOOLS);
  if (tape.kind(list) != JsonKind.Array) return;
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) request.tools.push(decodeTool(tape, node));
}

function decodeTool(tape: JsonTape, node: i32): Tool {
  const tool = new Tool();
  const type = tape.find(node, names.TYPE);
  if (tape.kind(type) == JsonKind.String && !tape.equals(type, own.CUSTOM)) {
    tool.dialect = own.NAME_OF_DIALECT;
    tool.name = contentAt(tape, node, names.TYPE);
    tool.raw = tape.raw(node);
    return tool;
  }
  tool.name = contentAt(tape, node, names.NAME);
  tool.description = contentAt(tape, node, names.DESCRIPTION);
  tool.rawSchema = rawAt(tape, node, own.INPUT_SCHEMA);
  tool.rawStrict = rawAt(tape, node, names.STRICT);
  tool.rawCache = rawAt(tape, node, names.CACHE_CONTROL);
  return tool;
}

/** Reads `tool_choice`: auto, any, tool, none. */
export function decodeToolChoice(tape: JsonTape, choice: ToolChoice): void {
  const node = tape.find(tape.root, names.TOOL_CHOICE);
  const type = tape.text(tape.find(node, names.TYPE));
  if (type.equals(names.AUTO)) choice.kind = ToolChoiceKind.Auto;
  else if (type.equals(own.ANY)) choice.kind = ToolChoiceKind.Required;
  else if (type.equals(names.NONE)) choice.kind = ToolChoiceKind.None;
  else if (type.equals(own.TOOL)) {
    choice.kind = ToolChoiceKind.Named;
    choice.names.push(contentAt(tape, node, names.NAME));
  }
  const disabled = tape.kind(tape.find(node, own.DISABLE_PARALLEL));
  if (disabled == JsonKind.True) choice.parallel = 0;
  if (disabled == JsonKind.False) choice.parallel = 1;
}
