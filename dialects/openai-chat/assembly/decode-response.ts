// A chat completion → hub. https://platform.openai.com/docs/api-reference/chat/object
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeAnnotations } from "./annotations";
import { decodeInto } from "./decode-message";
import { decodeFinish } from "./finish";
import * as own from "./names";
import { decodeUsage } from "./usage";

// What Perplexity and xAI tell of the pages behind an answer.
// https://docs.perplexity.ai/api-reference/chat-completions-post
const SEARCH_RESULTS = Slice.of("search_results");
const TOKENS = Slice.of("tokens");

/** Reads the answer. */
export function decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null {
  const root = tape.root;
  const choices = tape.find(root, names.CHOICES);
  if (tape.kind(choices) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, 0, "The provider's answer has no list of choices");
  }
  response.id = contentAt(tape, root, names.ID);
  response.model = contentAt(tape, root, names.MODEL);
  response.createdSeconds = tape.integer(tape.find(root, own.CREATED));
  response.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  decodeUsage(tape, tape.find(root, names.USAGE), response.usage);
  for (let node = tape.first(choices); node >= 0; node = tape.next(node)) {
    response.choices.push(decodeChoice(tape, node, response.dropped));
  }
  dropSources(tape, response.dropped);
  return null;
}

/** Names the pages that an answer, or a stream's last chunk, lists beside its choices: texts name them by number. */
export function dropSources(tape: JsonTape, dropped: Dropped): void {
  if (tape.first(tape.find(tape.root, names.CITATIONS)) >= 0) dropped.add(names.CITATIONS);
  if (tape.first(tape.find(tape.root, SEARCH_RESULTS)) >= 0) dropped.add(SEARCH_RESULTS);
}

/** A choice's log probabilities, whole or in a chunk; empty where there are none. Together has forms of its own. */
export function logprobsAt(tape: JsonTape, choice: i32, dropped: Dropped): Slice {
  const node = tape.find(choice, names.LOGPROBS);
  const kind = tape.kind(node);
  if (kind == JsonKind.Missing || kind == JsonKind.Null) return Slice.empty();
  const isKnown = tape.first(tape.find(node, names.CONTENT)) >= 0 || tape.first(tape.find(node, names.REFUSAL)) >= 0;
  if (isKnown) return tape.raw(node);
  if (kind == JsonKind.Number || tape.first(tape.find(node, TOKENS)) >= 0) dropped.add(names.LOGPROBS);
  return Slice.empty();
}

function decodeChoice(tape: JsonTape, node: i32, dropped: Dropped): Choice {
  const choice = new Choice();
  const message = tape.find(node, names.MESSAGE);
  decodeInto(tape, message, choice.parts);
  decodeAnnotations(tape, message, choice.parts, dropped);
  if (tape.kind(tape.find(message, names.AUDIO)) == JsonKind.Object) dropped.add(names.AUDIO);
  choice.rawLogprobs = logprobsAt(tape, node, dropped);
  const reason = tape.text(tape.find(node, own.FINISH_REASON));
  choice.finish = decodeFinish(reason, hasCalls(choice.parts));
  return choice;
}

function hasCalls(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) if (parts[i].kind == PartKind.ToolCall) return true;
  return false;
}
