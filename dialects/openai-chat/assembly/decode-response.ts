// A chat completion → hub. https://platform.openai.com/docs/api-reference/chat/object
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeInto } from "./decode-message";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null {
  const root = tape.root;
  const choices = tape.find(root, own.CHOICES);
  if (tape.kind(choices) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no list of choices");
  }
  response.id = contentAt(tape, root, names.ID);
  response.model = contentAt(tape, root, names.MODEL);
  response.createdSeconds = tape.integer(tape.find(root, own.CREATED));
  response.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  for (let node = tape.first(choices); node >= 0; node = tape.next(node)) {
    response.choices.push(decodeChoice(tape, node));
  }
  return null;
}

function decodeChoice(tape: JsonTape, node: i32): Choice {
  const choice = new Choice();
  decodeInto(tape, tape.find(node, names.MESSAGE), choice.parts);
  choice.rawLogprobs = rawAt(tape, node, own.LOGPROBS);
  const reason = tape.text(tape.find(node, own.FINISH_REASON));
  choice.finish = decodeFinish(reason, hasCalls(choice.parts));
  return choice;
}

function hasCalls(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolCall) return true;
  return false;
}
