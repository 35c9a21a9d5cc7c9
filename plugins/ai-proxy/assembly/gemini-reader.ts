// Reads answers of Gemini's generateContent as they pass to a client that speaks it: a whole one, or one of a stream's.
// https://ai.google.dev/api/generate-content#generatecontentresponse
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { decodeFinish } from "@weir/dialects/gemini/assembly/finish";
import { decodeUsage } from "@weir/dialects/gemini/assembly/usage";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { Answer } from "./answer";

const BLOCK_REASON = Slice.of("blockReason");
const CANDIDATES = Slice.of("candidates");
const CONTENT = Slice.of("content");
const FINISH_REASON = Slice.of("finishReason");
const FUNCTION_CALL = Slice.of("functionCall");
const MODEL_VERSION = Slice.of("modelVersion");
const PARTS = Slice.of("parts");
const PROMPT_FEEDBACK = Slice.of("promptFeedback");
const RESPONSE_ID = Slice.of("responseId");
const TEXT = Slice.of("text");
const USAGE_METADATA = Slice.of("usageMetadata");

/** Takes what the answer in `tape` tells. */
export function readGemini(tape: JsonTape, answer: Answer): void {
  const root = tape.root;
  if (!answer.id.length) answer.setId(tape.text(tape.find(root, RESPONSE_ID)));
  if (!answer.model.length) answer.setModel(tape.text(tape.find(root, MODEL_VERSION)));
  if (tape.find(tape.find(root, PROMPT_FEEDBACK), BLOCK_REASON) >= 0) answer.setReason(FinishReason.ContentFilter);
  const candidates = tape.find(root, CANDIDATES);
  for (let node = tape.first(candidates); node >= 0; node = tape.next(node)) readCandidate(tape, node, answer);
  decodeUsage(tape, tape.find(root, USAGE_METADATA), answer.usage);
}

function readCandidate(tape: JsonTape, candidate: i32, answer: Answer): void {
  const parts = tape.find(tape.find(candidate, CONTENT), PARTS);
  for (let part = tape.first(parts); part >= 0; part = tape.next(part)) {
    if (!tape.equals(tape.find(part, TEXT), Slice.empty())) answer.noteContent();
    if (tape.find(part, FUNCTION_CALL) >= 0) answer.hasCalls = true;
  }
  const reason = tape.text(tape.find(candidate, FINISH_REASON));
  if (reason.length) answer.setReason(decodeFinish(reason, answer.hasCalls));
}
