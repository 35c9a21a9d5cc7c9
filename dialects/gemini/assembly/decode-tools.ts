// Tools and the choice among them → hub. https://ai.google.dev/gemini-api/docs/function-calling
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, Extra } from "../../hub/assembly/chat-request";
import { contentAt, contentFrom, contentOf } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoice, ToolChoiceKind } from "../../hub/assembly/tool";
import { firstItem, nextItem } from "./member";
import * as own from "./names";
import { toJsonSchema } from "./schema";

/** As many functions as a choice may name: each tool is compared with each name. */
const NAMES_MAX: i32 = 256;

/** Reads the tools: functions, and what Google runs itself, which is kept for this dialect. */
export function decodeTools(tape: JsonTape, request: ChatRequest): void {
  const list = own.TOOLS.find(tape, tape.root);
  for (let node = firstItem(tape, list); node >= 0; node = nextItem(tape, list, node)) {
    if (tape.kind(node) != JsonKind.Object) continue;
    for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
      if (own.FUNCTION_DECLARATIONS.isKeyOf(tape, member)) decodeFunctions(tape, member, request);
      else if (tape.kind(member) != JsonKind.Null) request.tools.push(opaqueTool(tape, member));
    }
  }
}

function decodeFunctions(tape: JsonTape, list: i32, request: ChatRequest): void {
  for (let node = firstItem(tape, list); node >= 0; node = nextItem(tape, list, node)) {
    const tool = new Tool();
    tool.name = contentAt(tape, node, names.NAME);
    tool.description = contentAt(tape, node, names.DESCRIPTION);
    const schema = own.PARAMETERS_JSON_SCHEMA.find(tape, node);
    if (tape.kind(schema) == JsonKind.Object) tool.rawSchema = tape.raw(schema);
    else tool.rawSchema = toJsonSchema(tape, tape.find(node, own.PARAMETERS), request.dropped);
    request.tools.push(tool);
  }
}

function opaqueTool(tape: JsonTape, member: i32): Tool {
  const tool = new Tool();
  const writer = new Writer();
  tool.dialect = own.NAME_OF_DIALECT;
  tool.name = contentFrom(tape.keyText(member));
  new JsonWriter(writer).beginObject().key(tape.keyText(member)).raw(tape.raw(member)).endObject();
  tool.raw = writer.take();
  return tool;
}

/** Reads `toolConfig`. Where it says more than the hub knows it is kept whole for this dialect. */
export function decodeToolChoice(tape: JsonTape, request: ChatRequest): void {
  const config = own.TOOL_CONFIG.find(tape, tape.root);
  if (tape.kind(config) != JsonKind.Object) return;
  const calling = own.FUNCTION_CALLING_CONFIG.find(tape, config);
  const choice = request.toolChoice;
  const mode = tape.text(tape.find(calling, own.MODE));
  choice.kind = kindOf(mode);
  const isValidated = mode.equalsIgnoreCase(own.VALIDATED);
  if (choice.kind == ToolChoiceKind.Required || isValidated) decodeNames(tape, calling, choice);
  choice.isForced = !isValidated;
  const isWhole = !isValidated || choice.kind == ToolChoiceKind.Named;
  if (isWhole && isPlain(tape, config, calling)) return;
  request.extras.push(new Extra(own.NAME_OF_DIALECT, own.TOOL_CONFIG.json, tape.raw(config)));
}

function kindOf(mode: Slice): ToolChoiceKind {
  if (mode.equalsIgnoreCase(own.ANY)) return ToolChoiceKind.Required;
  if (mode.equalsIgnoreCase(own.NONE)) return ToolChoiceKind.None;
  const isAuto = mode.equalsIgnoreCase(own.AUTO) || mode.equalsIgnoreCase(own.VALIDATED);
  return isAuto ? ToolChoiceKind.Auto : ToolChoiceKind.Unset;
}

function decodeNames(tape: JsonTape, calling: i32, choice: ToolChoice): void {
  const list = own.ALLOWED_FUNCTION_NAMES.find(tape, calling);
  for (let node = firstItem(tape, list); node >= 0; node = nextItem(tape, list, node)) {
    const name = contentOf(tape, node);
    if (name.length && choice.names.length < NAMES_MAX) choice.names.push(name);
  }
  if (choice.names.length) choice.kind = ToolChoiceKind.Named;
}

/** Whether there is nothing in it but a mode and names. */
function isPlain(tape: JsonTape, config: i32, calling: i32): bool {
  for (let member = tape.first(config); member >= 0; member = tape.next(member)) {
    if (!own.FUNCTION_CALLING_CONFIG.isKeyOf(tape, member)) return false;
  }
  if (tape.kind(calling) != JsonKind.Object) return true;
  for (let member = tape.first(calling); member >= 0; member = tape.next(member)) {
    if (!tape.keyEquals(member, own.MODE) && !own.ALLOWED_FUNCTION_NAMES.isKeyOf(tape, member)) return false;
  }
  return true;
}
