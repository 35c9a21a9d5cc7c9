// A generateContent response → hub. https://ai.google.dev/api/generate-content#generatecontentresponse
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { contentFrom } from "../../hub/assembly/content";
import { FinishReason } from "../../hub/assembly/finish-reason";
import * as names from "../../hub/assembly/names";
import { DecodeOptions } from "../../hub/assembly/options";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeParts } from "./decode-content";
import { decodeFinish } from "./finish";
import { decodeLogprobs } from "./logprobs";
import * as own from "./names";
import { decodeUsage } from "./usage";

const CALL_PREFIX = Slice.of("call_");
const NO_CANDIDATES = "The provider's answer has no candidates";
// What a candidate holds beside its content is read below, or says nothing to clients; the rest is kept.
const READ: Slice[] = [
  names.CONTENT,
  names.INDEX,
  own.FINISH_REASON.json,
  own.FINISH_MESSAGE.json,
  own.LOGPROBS_RESULT.json,
  Slice.of("tokenCount"),
  Slice.of("avgLogprobs"),
  Slice.of("safetyRatings"),
];

/** Reads the answer. One without candidates is good only where a filter held back the prompt. */
export function decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
  const root = tape.root;
  const id = own.RESPONSE_ID.content(tape, root);
  response.id = id.length ? id : options.idSeed;
  response.model = own.MODEL_VERSION.content(tape, root);
  decodeUsage(tape, own.USAGE_METADATA.find(tape, root), response.usage);
  const list = own.CANDIDATES.find(tape, root);
  if (tape.kind(list) == JsonKind.Array && tape.first(list) >= 0) {
    const ids = new CallIdMaker(options.idSeed);
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      response.choices.push(decodeCandidate(tape, node, ids));
    }
    return null;
  }
  const feedback = own.PROMPT_FEEDBACK.find(tape, root);
  if (!isBlocked(tape, feedback)) return new Fault(FaultCode.Missing, 0, NO_CANDIDATES);
  const choice = new Choice();
  choice.finish = FinishReason.ContentFilter;
  addRefusal(choice, own.BLOCK_REASON_MESSAGE.content(tape, feedback));
  response.choices.push(choice);
  return null;
}

/** Whether `promptFeedback` says that the prompt was held back. */
export function isBlocked(tape: JsonTape, feedback: i32): bool {
  return tape.kind(own.BLOCK_REASON.find(tape, feedback)) == JsonKind.String;
}

/** Makes the ids of an answer's calls where Google gives none. */
@final
export class CallIdMaker {
  private count: i32 = 0;

  constructor(private readonly seed: Slice) {}

  /** The id of the next call: `given`, or `call_<seed>_<n>`. */
  next(given: Slice): Slice {
    const index = this.count++;
    if (given.length) return given;
    return new Writer().bytes(CALL_PREFIX).bytes(this.seed).byte(0x5f).integer(index).take();
  }
}

function decodeCandidate(tape: JsonTape, node: i32, ids: CallIdMaker): Choice {
  const choice = new Choice();
  let hasCalls = false;
  decodeParts(tape, tape.find(node, names.CONTENT), choice.parts);
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    if (part.kind != PartKind.ToolCall) continue;
    part.id = ids.next(part.id);
    hasCalls = true;
  }
  choice.finish = decodeFinish(tape.text(own.FINISH_REASON.find(tape, node)), hasCalls);
  choice.rawLogprobs = decodeLogprobs(tape, own.LOGPROBS_RESULT.find(tape, node));
  if (isUnusual(choice.finish)) addRefusal(choice, own.FINISH_MESSAGE.content(tape, node));
  keepMetadata(tape, node, choice.parts);
  return choice;
}

/** Whether the reason is such that its message tells the client something. */
export function isUnusual(reason: FinishReason): bool {
  return reason == FinishReason.ContentFilter || reason == FinishReason.Unknown;
}

function addRefusal(choice: Choice, message: Slice): void {
  if (message.length) choice.parts.push(Part.withText(PartKind.Refusal, message));
}

/** Grounding, citations and the like, which only this dialect knows. */
export function keepMetadata(tape: JsonTape, node: i32, parts: Part[]): void {
  if (tape.kind(node) != JsonKind.Object) return;
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    const kind = tape.kind(member);
    if (kind != JsonKind.Object || names.isOneOf(tape.keyText(member), READ)) continue;
    const part = Part.opaque(own.NAME_OF_DIALECT, contentFrom(tape.keyText(member)), tape.raw(member));
    part.id = own.CANDIDATES.json;
    parts.push(part);
  }
}

/** Whether an opaque part stands beside a candidate's content, not in it. */
export function isMetadata(part: Part): bool {
  return part.kind == PartKind.Opaque && part.id.equals(own.CANDIDATES.json);
}
