// Hub → tools and the choice among them. https://www.alibabacloud.com/help/en/model-studio/qwen-function-calling
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent } from "../../hub/assembly/content";
import { isCallForced, writeFunctions } from "../../hub/assembly/function-tool";
import * as names from "../../hub/assembly/names";
import { ToolChoiceKind } from "../../hub/assembly/tool";

const PARALLEL_TOOL_CALLS = Slice.of("parallel_tool_calls");

/** Writes tools, `tool_choice` and `parallel_tool_calls`. */
export function encodeTools(json: JsonWriter, request: ChatRequest): void {
  if (!writeFunctions(json, request)) return;
  for (let i = 0; i < request.tools.length; ++i) {
    if (request.tools[i].rawStrict.equals(names.TRUE)) request.dropped.add(names.STRICT);
  }
  const choice = request.toolChoice;
  if (choice.parallel >= 0) json.key(PARALLEL_TOOL_CALLS).flag(choice.parallel == 1);
  const forced = forcedTool(request);
  if (forced.length) {
    json.key(names.TOOL_CHOICE).beginObject().key(names.TYPE).text(names.FUNCTION).key(names.FUNCTION).beginObject();
    writeContent(json.key(names.NAME), forced);
    json.endObject().endObject();
  } else if (choice.kind == ToolChoiceKind.None) json.key(names.TOOL_CHOICE).text(names.NONE);
  else if (choice.kind != ToolChoiceKind.Unset) json.key(names.TOOL_CHOICE).text(names.AUTO);
  if (!forced.length && isCallForced(choice)) request.dropped.add(names.TOOL_CHOICE);
}

/** The tool that has to be called, or empty: only one can be forced, not one of several. */
export function forcedTool(request: ChatRequest): Slice {
  const choice = request.toolChoice;
  if (!isCallForced(choice)) return Slice.empty();
  if (choice.kind == ToolChoiceKind.Named) return choice.names.length == 1 ? choice.names[0] : Slice.empty();
  const isOnly = request.tools.length == 1 && !request.tools[0].raw.length;
  return isOnly ? request.tools[0].name : Slice.empty();
}
