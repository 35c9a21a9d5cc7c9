// A whole answer → hub. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt } from "../../hub/assembly/content";
import { answerIdOr, callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { secondsOf } from "./created-at";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

const LOGPROBS_OPEN = Slice.of('{"content":');

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
  const root = tape.root;
  const message = tape.find(root, names.MESSAGE);
  if (tape.kind(message) != JsonKind.Object) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no message");
  }
  response.id = answerIdOr(Slice.empty(), options);
  response.model = contentAt(tape, root, names.MODEL);
  response.createdSeconds = secondsOf(tape.text(tape.find(root, own.CREATED_AT)));
  decodeUsage(tape, root, response.usage);
  const choice = new Choice();
  pushText(PartKind.Thinking, contentAt(tape, message, own.THINKING), choice.parts);
  pushText(PartKind.Text, contentAt(tape, message, names.CONTENT), choice.parts);
  const first = choice.parts.length;
  decodeCalls(tape, message, choice.parts, options);
  choice.finish = decodeFinish(tape.text(tape.find(root, own.DONE_REASON)), choice.parts.length > first);
  choice.rawLogprobs = logprobsOf(tape, root);
  response.choices.push(choice);
  return null;
}

function pushText(kind: PartKind, text: Slice, parts: Part[]): void {
  if (text.length) parts.push(Part.withText(kind, text));
}

/** Arguments are an object here; older versions give no ids. */
function decodeCalls(tape: JsonTape, message: i32, parts: Part[], options: DecodeOptions): void {
  const list = tape.find(message, own.TOOL_CALLS);
  let index = 0;
  for (let node = firstCall(tape, list); node >= 0; node = tape.next(node)) {
    const body = tape.find(node, names.FUNCTION);
    const id = callIdOr(contentAt(tape, node, names.ID), options, index++);
    parts.push(Part.toolCall(id, contentAt(tape, body, names.NAME), callInput(tape, body)));
  }
}

/** The first of a list of calls, or −1. */
export function firstCall(tape: JsonTape, list: i32): i32 {
  return tape.kind(list) == JsonKind.Array ? tape.first(list) : -1;
}

/** A call's arguments as JSON: an object. */
export function callInput(tape: JsonTape, body: i32): Slice {
  const input = tape.find(body, own.ARGUMENTS);
  return tape.kind(input) == JsonKind.Object ? tape.raw(input) : names.EMPTY_OBJECT;
}

/** The tokens' probabilities have OpenAI's form, one level higher. */
export function logprobsOf(tape: JsonTape, root: i32): Slice {
  const list = tape.find(root, names.LOGPROBS);
  if (tape.kind(list) != JsonKind.Array || tape.first(list) < 0) return Slice.empty();
  return new Writer().bytes(LOGPROBS_OPEN).bytes(tape.raw(list)).byte(0x7d).take();
}
