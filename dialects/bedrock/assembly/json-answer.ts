// Answers in JSON from models whose output cannot be bound to a schema (Claude before 4.5, Nova): they are made to call
// a tool whose arguments have that schema, and what they call it with is the answer's text. The name of the tool tells
// it from the client's, so nothing has to be remembered.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ChatRequest, OutputKind } from "../../hub/assembly/chat-request";
import { Tool, ToolChoiceKind } from "../../hub/assembly/tool";
import { enforcesSchemas, Family, isClaudeOrNova } from "./model";
import * as own from "./names";

const DESCRIPTION = Slice.of("Gives the answer. Its arguments are the whole answer.");

/** Replaces the request's output format where the model needs the tool. What has no form at all is dropped. */
export function answerByTool(request: ChatRequest, family: Family): void {
  const output = request.output;
  const hasSchema = output.kind == OutputKind.JsonSchema && output.rawSchema.length > 0;
  if (output.kind == OutputKind.Text || (hasSchema && enforcesSchemas(request.model, family))) return;
  output.kind = OutputKind.Text;
  if (hasSchema && isClaudeOrNova(family) && !isBusy(request)) addTool(request, output.rawSchema);
  else request.dropped.add(own.RESPONSE_FORMAT);
}

/** Whether the model has to call one of the client's tools: then it does not answer yet. */
function isBusy(request: ChatRequest): bool {
  return request.toolChoice.kind == ToolChoiceKind.Named && request.toolChoice.isForced;
}

/** Among other tools the model may choose; but one it has to call. */
function addTool(request: ChatRequest, rawSchema: Slice): void {
  const choice = request.toolChoice;
  const tool = new Tool();
  tool.name = own.ANSWER_TOOL;
  tool.description = DESCRIPTION;
  tool.rawSchema = rawSchema;
  const isAlone = !request.tools.length || choice.kind == ToolChoiceKind.None;
  request.tools.push(tool);
  choice.isForced = true;
  if (choice.kind == ToolChoiceKind.Named || isAlone) {
    choice.kind = ToolChoiceKind.Named;
    choice.names.push(own.ANSWER_TOOL);
  } else choice.kind = ToolChoiceKind.Required;
}
