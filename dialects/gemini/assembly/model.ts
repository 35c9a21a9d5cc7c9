// What a Gemini model's name tells of what it takes. Names: `gemini-2.5-flash-lite`, `gemini-3-pro-preview`,
// `models/gemini-2.0-flash-001`, `google/gemini-2.5-pro`, `gemini-flash-latest`.
// https://ai.google.dev/gemini-api/docs/thinking · https://ai.google.dev/gemini-api/docs/gemini-3
import { isDigit } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const GEMINI = Slice.of("gemini-");
const FLASH = Slice.of("flash");
const PRO = Slice.of("-pro");
const LITE = Slice.of("-lite");
const NEWEST: i32 = 9999;
const VERSION_2_5: i32 = 205;
const VERSION_3: i32 = 300;

/** Generation 2.5 as 205; 9999 for a name without a number, as `gemini-flash-latest`; 0 for what is no Gemini. */
function versionOf(model: Slice): i32 {
  const found = model.find(GEMINI);
  if (found < 0) return 0;
  const at = found + GEMINI.length;
  if (!isDigit(model.at(at))) return NEWEST;
  const major: i32 = model.at(at) - 0x30;
  const minor: i32 = model.at(at + 2) - 0x30;
  const hasMinor = model.at(at + 1) == 0x2e && isDigit(model.at(at + 2));
  return major * 100 + (hasMinor ? minor : 0);
}

/** How a model is told how much to think. */
export const enum ThinkingControl {
  /** It does not think, or nobody knows how. */
  Unknown = 0,
  /** It does not think. */
  None = 1,
  /** By a budget of tokens: Gemini 2.5. */
  Budget = 2,
  /** By a level: Gemini 3 and later, which refuse both at once. */
  Level = 3,
}

/** How this model is told. */
export function thinkingControl(model: Slice): ThinkingControl {
  const version = versionOf(model);
  if (!version) return ThinkingControl.Unknown;
  if (version >= VERSION_3) return ThinkingControl.Level;
  return version == VERSION_2_5 ? ThinkingControl.Budget : ThinkingControl.None;
}

/** Whether it is of generation 3 or later, or nobody knows. */
export function isAfterGemini2(model: Slice): bool {
  const version = versionOf(model);
  return !version || version >= VERSION_3;
}

/** Whether it refuses history in which a step's first call has no signature: Gemini 3 and later. */
export function needsSignatures(model: Slice): bool {
  return versionOf(model) >= VERSION_3;
}

/** Whether it is a Pro model: thinking cannot be switched off there. */
export function isPro(model: Slice): bool {
  return model.find(PRO) >= 0 && model.find(FLASH) < 0;
}

/** Whether it is Gemini 3.0 Pro, which has two levels only. */
export function isGemini3Pro(model: Slice): bool {
  return versionOf(model) == VERSION_3 && isPro(model);
}

/** Whether it is a Flash-Lite model. */
export function isLite(model: Slice): bool {
  return model.find(LITE) >= 0;
}
