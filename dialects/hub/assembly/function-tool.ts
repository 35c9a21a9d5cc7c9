// Tools in OpenAI's form, `{"type":"function","function":{name,description,parameters}}`, which other dialects took.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "./chat-request";
import { writeContent, writeContentAt } from "./content";
import * as names from "./names";
import { Tool, ToolChoice, ToolChoiceKind } from "./tool";

const PARAMETERS = Slice.of("parameters");
const NO_ARGUMENTS = Slice.of('{"type":"object","properties":{}}');

/**
 * Writes `tools` and returns how many there are. A choice among some tools leaves the others out; what is no function
 * is dropped and named.
 */
export function writeFunctions(json: JsonWriter, request: ChatRequest): i32 {
  let count = 0;
  for (let i = 0; i < request.tools.length; ++i) {
    const tool = request.tools[i];
    if (tool.raw.length) {
      request.dropped.add(tool.name);
      continue;
    }
    request.dropped.addIf(names.CACHE_CONTROL, tool.rawCache);
    if (!isChoosable(request.toolChoice, tool)) continue;
    if (!count++) json.key(names.TOOLS).beginArray();
    writeFunction(json, tool);
  }
  if (count) json.endArray();
  return count;
}

function isChoosable(choice: ToolChoice, tool: Tool): bool {
  return choice.kind != ToolChoiceKind.Named || names.isOneOf(tool.name, choice.names);
}

function writeFunction(json: JsonWriter, tool: Tool): void {
  json.beginObject().key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
  writeContent(json.key(names.NAME), tool.name);
  writeContentAt(json, names.DESCRIPTION, tool.description);
  json.key(PARAMETERS).raw(tool.rawSchema.length ? tool.rawSchema : NO_ARGUMENTS);
  json.endObject().endObject();
}

/** Whether some tool has to be called. */
export function isCallForced(choice: ToolChoice): bool {
  return choice.kind == ToolChoiceKind.Required || (choice.kind == ToolChoiceKind.Named && choice.isForced);
}
