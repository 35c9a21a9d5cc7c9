// A generateContent request → hub. The model and whether a stream is wanted stand in the path: who calls sets them.
// https://ai.google.dev/api/generate-content
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra } from "../../hub/assembly/chat-request";
import { contentFrom } from "../../hub/assembly/content";
import { decodeConfig } from "./decode-config";
import { decodeContents } from "./decode-content";
import { decodeToolChoice, decodeTools } from "./decode-tools";
import { lowerText, Member } from "./member";
import * as own from "./names";

// What is read below, and the model, which some clients repeat here. Other members are extras.
const KNOWN: Member[] = [
  own.CONTENTS,
  own.SYSTEM_INSTRUCTION,
  own.TOOLS,
  own.TOOL_CONFIG,
  own.GENERATION_CONFIG,
  own.SERVICE_TIER,
  new Member("model"),
];
const STANDARD = Slice.of("standard");
const DEFAULT = Slice.of("default");
const UNSPECIFIED = Slice.of("unspecified");

/** Reads the request. */
export function decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
  if (tape.kind(tape.root) != JsonKind.Object) {
    return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
  }
  request.includeUsage = true;
  decodeServiceTier(tape, request);
  decodeConfig(tape, request);
  decodeTools(tape, request);
  decodeToolChoice(tape, request);
  decodeExtras(tape, request);
  return decodeContents(tape, request);
}

/** Google's standard tier is everyone's default. */
function decodeServiceTier(tape: JsonTape, request: ChatRequest): void {
  const tier = contentFrom(lowerText(tape.text(own.SERVICE_TIER.find(tape, tape.root))));
  if (tier.equals(STANDARD)) request.serviceTier = DEFAULT;
  else if (!tier.equals(UNSPECIFIED)) request.serviceTier = tier;
}

function decodeExtras(tape: JsonTape, request: ChatRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (isKnown(tape, member) || tape.kind(member) == JsonKind.Null) continue;
    request.extras.push(new Extra(own.NAME_OF_DIALECT, tape.keyText(member), tape.raw(member)));
  }
}

function isKnown(tape: JsonTape, member: i32): bool {
  for (let i = 0; i < KNOWN.length; ++i) if (KNOWN[i].isKeyOf(tape, member)) return true;
  return false;
}
