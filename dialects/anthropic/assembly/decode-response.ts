// A whole message → hub. https://platform.claude.com/docs/en/api/messages
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeContent } from "./decode-part";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const STOP_DETAILS = Slice.of("stop_details");
const EXPLANATION = Slice.of("explanation");

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null {
  const root = tape.root;
  const content = tape.find(root, names.CONTENT);
  if (tape.kind(content) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no content");
  }
  response.id = contentAt(tape, root, names.ID);
  response.model = contentAt(tape, root, names.MODEL);
  const usage = tape.find(root, names.USAGE);
  decodeUsage(tape, usage, response.usage);
  response.serviceTier = contentAt(tape, usage, names.SERVICE_TIER);
  const choice = new Choice();
  decodeContent(tape, content, choice.parts);
  choice.finish = decodeFinish(tape.text(tape.find(root, own.STOP_REASON)));
  choice.stopSequence = contentAt(tape, root, own.STOP_SEQUENCE);
  if (choice.finish == FinishReason.Refusal) addExplanation(refusalText(tape, root), choice.parts);
  response.choices.push(choice);
  return null;
}

/** Why the model refused, of a message or of a stream's last delta; empty where it does not say. */
export function refusalText(tape: JsonTape, node: i32): Slice {
  return contentAt(tape, tape.find(node, STOP_DETAILS), EXPLANATION);
}

function addExplanation(text: Slice, parts: Part[]): void {
  if (text.length) parts.push(Part.withText(PartKind.Refusal, text));
}
