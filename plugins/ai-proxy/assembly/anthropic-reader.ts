// Reads answers of Anthropic's Messages API as they pass to a client that speaks it.
// https://platform.claude.com/docs/en/build-with-claude/streaming
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { decodeFinish } from "@weir/dialects/anthropic/assembly/finish";
import { decodeUsage } from "@weir/dialects/anthropic/assembly/usage";
import { ID, MESSAGE, MODEL, TEXT, TYPE, USAGE } from "@weir/dialects/hub/assembly/names";
import { Answer } from "./answer";

const CONTENT_BLOCK = Slice.of("content_block");
const CONTENT_DELTA = Slice.of("content_block_delta");
const DELTA = Slice.of("delta");
const STOP_REASON = Slice.of("stop_reason");
const THINKING = Slice.of("thinking");

/** Takes what the event in `tape` tells: message_start, content_block_delta, message_delta. */
export function readAnthropicEvent(tape: JsonTape, answer: Answer): void {
  const root = tape.root;
  const message = tape.find(root, MESSAGE);
  if (tape.equals(tape.find(root, TYPE), CONTENT_DELTA) || opensContent(tape)) answer.noteContent();
  readMessage(tape, message >= 0 ? message : root, answer);
  readReason(tape, tape.find(root, DELTA), answer);
}

/** Calls, and what a server's tool has found, are content as they begin; a text or a thought is when it grows. */
function opensContent(tape: JsonTape): bool {
  const type = tape.find(tape.find(tape.root, CONTENT_BLOCK), TYPE);
  return type >= 0 && !tape.equals(type, TEXT) && !tape.equals(type, THINKING);
}

/** Takes what a whole message tells. */
export function readAnthropicMessage(tape: JsonTape, answer: Answer): void {
  readMessage(tape, tape.root, answer);
}

function readMessage(tape: JsonTape, node: i32, answer: Answer): void {
  answer.setId(tape.text(tape.find(node, ID)));
  answer.setModel(tape.text(tape.find(node, MODEL)));
  decodeUsage(tape, tape.find(node, USAGE), answer.usage);
  readReason(tape, node, answer);
}

function readReason(tape: JsonTape, node: i32, answer: Answer): void {
  const reason = tape.text(tape.find(node, STOP_REASON));
  if (reason.length) answer.setReason(decodeFinish(reason));
}
