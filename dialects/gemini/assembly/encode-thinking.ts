// Hub → `thinkingConfig`: a budget for Gemini 2.5, a level for later models, which refuse the two together.
// https://ai.google.dev/gemini-api/docs/thinking
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, Reasoning, ReasoningMode } from "../../hub/assembly/chat-request";
import { plainOf } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { isGemini3Pro, isLite, isPro, ThinkingControl, thinkingControl } from "./model";
import * as own from "./names";

const REASONING_EFFORT = Slice.of("reasoning_effort");
const MINIMAL = Slice.of("minimal");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const HIGH = Slice.of("high");
const XHIGH = Slice.of("xhigh");
const MAX = Slice.of("max");
// What Google's OpenAI-compatible API makes of an effort. https://ai.google.dev/gemini-api/docs/openai#thinking
const BUDGET_LOW: i64 = 1024;
const BUDGET_MEDIUM: i64 = 8192;
const BUDGET_HIGH: i64 = 24576;
const BUDGET_AUTO: i64 = -1;
const BUDGET_UNSET: i64 = -2;
// The bounds of Gemini 2.5: Flash, Flash-Lite, Pro.
const FLASH_MAX: i64 = 24576;
const LITE_MIN: i64 = 512;
const PRO_MIN: i64 = 128;
const PRO_MAX: i64 = 32768;

/** Writes it where the client said anything of thinking. */
export function encodeThinking(json: JsonWriter, request: ChatRequest): void {
  const reasoning = request.reasoning;
  const isOn = reasoning.mode == ReasoningMode.On || reasoning.mode == ReasoningMode.Adaptive;
  if (!isOn && reasoning.mode != ReasoningMode.Off && !reasoning.effort.length) return;
  const control = thinkingControl(request.model);
  if (control == ThinkingControl.None) {
    if (isOn) request.dropped.add(REASONING_EFFORT);
    return;
  }
  const level = levelOf(reasoning, request.model, control);
  const budget = level.length ? BUDGET_UNSET : budgetOf(reasoning, request.model, control);
  json.key(own.THINKING_CONFIG.json).beginObject();
  if (reasoning.display.equals(own.OMITTED)) json.key(own.INCLUDE_THOUGHTS.json).flag(false);
  else if (isOn) json.key(own.INCLUDE_THOUGHTS.json).flag(true);
  if (level.length) json.key(own.THINKING_LEVEL.json).text(upper(plainOf(level)));
  else if (budget != BUDGET_UNSET) json.key(own.THINKING_BUDGET.json).integer(budget);
  json.endObject();
}

/** The level; empty where there is none, or the model wants a budget. */
function levelOf(reasoning: Reasoning, model: Slice, control: ThinkingControl): Slice {
  if (control == ThinkingControl.Budget) return Slice.empty();
  const isOff = reasoning.mode == ReasoningMode.Off;
  // Of a model that nobody knows what the client said is passed on.
  if (control == ThinkingControl.Unknown) return isOff ? Slice.empty() : effortName(reasoning.effort);
  // Off is not to be had: the least is nearest.
  if (isOff) return leastOf(model);
  const effort = reasoning.effort;
  if (effort.equals(MINIMAL)) return leastOf(model);
  if (effort.equals(MEDIUM)) return isGemini3Pro(model) ? HIGH : MEDIUM;
  if (effort.length) return effort.equals(LOW) ? LOW : HIGH;
  const budget = reasoning.budgetTokens;
  if (budget < 0) return Slice.empty();
  if (budget <= BUDGET_LOW * 2) return LOW;
  return budget <= BUDGET_MEDIUM && !isGemini3Pro(model) ? MEDIUM : HIGH;
}

/** Anthropic's highest effort has no name here. */
function effortName(effort: Slice): Slice {
  return effort.equals(MAX) ? HIGH : effort;
}

function leastOf(model: Slice): Slice {
  return isPro(model) ? LOW : MINIMAL;
}

/** The budget, within the model's bounds where it is known. */
function budgetOf(reasoning: Reasoning, model: Slice, control: ThinkingControl): i64 {
  if (control == ThinkingControl.Level) return BUDGET_UNSET;
  const isKnown = control == ThinkingControl.Budget;
  const isProModel = isKnown && isPro(model);
  if (reasoning.mode == ReasoningMode.Off) return isProModel ? PRO_MIN : 0;
  let budget = reasoning.budgetTokens;
  if (budget < 0) budget = effortBudget(reasoning.effort);
  if (budget < 0) return reasoning.mode == ReasoningMode.Adaptive ? BUDGET_AUTO : BUDGET_UNSET;
  if (!isKnown) return budget;
  const least = isProModel ? PRO_MIN : isLite(model) ? LITE_MIN : 1;
  return min(max(budget, least), isProModel ? PRO_MAX : FLASH_MAX);
}

function effortBudget(effort: Slice): i64 {
  if (effort.equals(names.NONE)) return 0;
  if (effort.equals(MINIMAL) || effort.equals(LOW)) return BUDGET_LOW;
  if (effort.equals(MEDIUM)) return BUDGET_MEDIUM;
  return effort.equals(HIGH) || effort.equals(XHIGH) || effort.equals(MAX) ? BUDGET_HIGH : BUDGET_AUTO;
}

function upper(text: Slice): Slice {
  const writer = new Writer(text.length);
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    writer.byte(<u32>byte - 0x61 < 26 ? byte & 0xdf : byte);
  }
  return writer.take();
}
