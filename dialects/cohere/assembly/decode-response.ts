// A whole answer → hub. https://docs.cohere.com/reference/chat#response.body
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { answerIdOr, callIdOr } from "../../hub/assembly/made-id";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeCalls } from "../../openai-chat/assembly/decode-message";
import { decodeFinish, isFailure } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
  const root = tape.root;
  const message = tape.find(root, names.MESSAGE);
  if (tape.kind(message) != JsonKind.Object) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no message");
  }
  const reason = tape.text(tape.find(root, own.FINISH_REASON));
  if (isFailure(reason)) return new Fault(FaultCode.UnexpectedEnd, 0, "The provider broke off its answer");
  response.id = answerIdOr(contentAt(tape, root, names.ID), options);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  const choice = new Choice();
  decodeMessage(tape, message, choice.parts, options);
  choice.finish = decodeFinish(reason);
  response.choices.push(choice);
  if (tape.first(tape.find(message, names.CITATIONS)) >= 0) response.dropped.add(names.CITATIONS);
  if (tape.first(tape.find(root, names.LOGPROBS)) >= 0) response.dropped.add(names.LOGPROBS);
  return null;
}

/** Content, the plan (what the model says before it calls tools), and calls. */
function decodeMessage(tape: JsonTape, message: i32, parts: Part[], options: DecodeOptions): void {
  decodeContent(tape, tape.find(message, names.CONTENT), parts);
  pushText(PartKind.Text, contentAt(tape, message, own.TOOL_PLAN), parts);
  const first = parts.length;
  decodeCalls(tape, message, parts);
  for (let i = first; i < parts.length; ++i) parts[i].id = callIdOr(parts[i].id, options, i - first);
}

function decodeContent(tape: JsonTape, content: i32, parts: Part[]): void {
  pushText(PartKind.Text, contentOf(tape, content), parts);
  if (tape.kind(content) != JsonKind.Array) return;
  for (let node = tape.first(content); node >= 0; node = tape.next(node)) {
    pushText(PartKind.Thinking, contentAt(tape, node, own.THINKING), parts);
    pushText(PartKind.Text, contentAt(tape, node, names.TEXT), parts);
  }
}

function pushText(kind: PartKind, text: Slice, parts: Part[]): void {
  if (text.length) parts.push(Part.withText(kind, text));
}
