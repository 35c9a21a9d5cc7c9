// Why a candidate ended. https://ai.google.dev/api/generate-content#FinishReason
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";

const STOP = Slice.of("STOP");
const MAX_TOKENS = Slice.of("MAX_TOKENS");
/** What a filter held back. */
export const SAFETY = Slice.of("SAFETY");
const OTHER = Slice.of("OTHER");
/** A filter's reasons, Vertex AI's included. */
const FILTERED: StaticArray<Slice> = [
  SAFETY,
  Slice.of("RECITATION"),
  Slice.of("LANGUAGE"),
  Slice.of("BLOCKLIST"),
  Slice.of("PROHIBITED_CONTENT"),
  Slice.of("SPII"),
  Slice.of("IMAGE_SAFETY"),
  Slice.of("IMAGE_PROHIBITED_CONTENT"),
  Slice.of("IMAGE_RECITATION"),
  Slice.of("MODEL_ARMOR"),
  Slice.of("ESCALATION"),
  Slice.of("PUP_LIMITED_DISABLED"),
];

/** Reads a `finishReason`: a model that calls functions says STOP too. */
export function decodeFinish(reason: Slice, hasCalls: bool): FinishReason {
  if (reason.equals(STOP)) return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
  if (reason.equals(MAX_TOKENS)) return FinishReason.Length;
  for (let i = 0; i < FILTERED.length; ++i) if (FILTERED[i].equals(reason)) return FinishReason.ContentFilter;
  return FinishReason.Unknown;
}

/** The `finishReason` for a reason. */
export function encodeFinish(reason: FinishReason): Slice {
  switch (reason) {
    case FinishReason.Length:
    case FinishReason.ContextWindow:
      return MAX_TOKENS;
    case FinishReason.ContentFilter:
    case FinishReason.Refusal:
      return SAFETY;
    case FinishReason.Unknown:
      return OTHER;
    default:
      return STOP;
  }
}
