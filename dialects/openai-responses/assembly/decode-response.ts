// A whole response → hub. https://platform.openai.com/docs/api-reference/responses/object
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeOutputItem } from "./decode-item";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const NO_OUTPUT = "The provider's answer has no list of output";
const NOT_ANSWERED = "The provider's answer is one that failed, was cancelled or is not there yet";

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null {
  const root = tape.root;
  const output = tape.find(root, own.OUTPUT);
  if (tape.kind(output) != JsonKind.Array) return new Fault(FaultCode.Missing, 0, NO_OUTPUT);
  const status = tape.find(root, own.STATUS);
  if (!isAnswered(tape.text(status))) return new Fault(FaultCode.InvalidFormat, tape.start(status), NOT_ANSWERED);
  response.id = contentAt(tape, root, names.ID);
  response.model = contentAt(tape, root, names.MODEL);
  response.createdSeconds = tape.integer(tape.find(root, own.CREATED_AT));
  response.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  const choice = new Choice();
  for (let node = tape.first(output); node >= 0; node = tape.next(node)) {
    decodeOutputItem(tape, node, choice.parts);
    if (!choice.rawLogprobs.length) choice.rawLogprobs = messageLogprobs(tape, node);
  }
  choice.finish = decodeFinish(tape, root, hasCalls(choice.parts));
  response.choices.push(choice);
  return null;
}

/** Whether there is an answer. Compatible providers may leave the status out. */
function isAnswered(status: Slice): bool {
  return !status.length || status.equals(own.COMPLETED) || status.equals(own.INCOMPLETE);
}

function hasCalls(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolCall) return true;
  return false;
}

/** The log probabilities of a message's first text. */
function messageLogprobs(tape: JsonTape, item: i32): Slice {
  const content = tape.find(item, names.CONTENT);
  return tape.kind(content) == JsonKind.Array ? logprobsOf(tape, tape.first(content)) : Slice.empty();
}

/** Those of a text, or of a stream's event, in the form of chat completions; empty where there are none. */
export function logprobsOf(tape: JsonTape, text: i32): Slice {
  const list = tape.find(text, names.LOGPROBS);
  if (tape.kind(list) != JsonKind.Array || tape.first(list) < 0) return Slice.empty();
  const writer = new Writer(64);
  const json = new JsonWriter(writer).beginObject().key(names.CONTENT).raw(tape.raw(list));
  json.key(names.REFUSAL).nothing().endObject();
  return writer.take();
}
