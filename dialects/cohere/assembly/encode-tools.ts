// Hub → tools, whether they are strict, and the choice among them. https://docs.cohere.com/docs/tool-use-overview
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { isCallForced, writeFunctions } from "../../hub/assembly/function-tool";
import * as names from "../../hub/assembly/names";
import { Tool, ToolChoiceKind } from "../../hub/assembly/tool";

const NONE = Slice.of("NONE");
const PARALLEL = Slice.of("parallel_tool_calls");
const REQUIRED = Slice.of("required");
const REQUIRED_CHOICE = Slice.of("REQUIRED");
const STRICT_TOOLS = Slice.of("strict_tools");

/** Reads schemas; forgets them at once. */
const tape = new JsonTape(2);

/** Writes the tools and returns how many there are. */
export function encodeTools(json: JsonWriter, request: ChatRequest): i32 {
  const count = writeFunctions(json, request);
  if (!count) return 0;
  encodeStrict(json, request);
  encodeToolChoice(json, request);
  return count;
}

/** Strictness is of all tools or of none, and each must require an argument then. */
function encodeStrict(json: JsonWriter, request: ChatRequest): void {
  let strictCount = 0;
  let canBeStrict = true;
  for (let i = 0; i < request.tools.length; ++i) {
    const isStrict = request.tools[i].rawStrict.equals(names.TRUE);
    if (isStrict) ++strictCount;
    canBeStrict = canBeStrict && isStrict && requiresArgument(request.tools[i]);
  }
  if (!strictCount) return;
  if (canBeStrict) json.key(STRICT_TOOLS).flag(true);
  else request.dropped.add(names.STRICT);
}

function requiresArgument(tool: Tool): bool {
  const fault = tape.scan(tool.rawSchema);
  const isRequired = !fault && tape.first(tape.find(tape.root, REQUIRED)) >= 0;
  tape.clear();
  return isRequired;
}

/** One tool cannot be named: it is the only one that is left, and one is required. */
function encodeToolChoice(json: JsonWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  if (choice.kind == ToolChoiceKind.None) json.key(names.TOOL_CHOICE).text(NONE);
  else if (isCallForced(choice)) json.key(names.TOOL_CHOICE).text(REQUIRED_CHOICE);
  if (choice.parallel == 0) request.dropped.add(PARALLEL);
}
