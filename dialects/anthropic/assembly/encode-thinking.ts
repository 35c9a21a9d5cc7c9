// Hub → `thinking`, `output_config` and the limit of output tokens, which depend on each other and on the model.
// https://platform.claude.com/docs/en/build-with-claude/extended-thinking
// https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContentAt } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { PartKind } from "../../hub/assembly/part";
import { isOwnSignature } from "./encode-part";
import { isForced } from "./encode-tools";
import { isAfterOpus46, thinksAdaptively } from "./model";
import * as own from "./names";

const REASONING_EFFORT = Slice.of("reasoning_effort");
const RESPONSE_FORMAT = Slice.of("response_format");
const MINIMAL = Slice.of("minimal");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const HIGH = Slice.of("high");
const XHIGH = Slice.of("xhigh");
const MAX = Slice.of("max");
const SUMMARIZED = Slice.of("summarized");
const SUMMARIES: Slice[] = [names.AUTO, Slice.of("concise"), Slice.of("detailed")];
const BUDGET_MIN: i64 = 1024;
const BUDGET_LOW: i64 = 2048;
const BUDGET_MEDIUM: i64 = 8192;
const BUDGET_HIGH: i64 = 16384;
const BUDGET_MOST: i64 = 32000;

/** How the model is to think, and how much it may write. */
@final
export class ThinkingPlan {
  mode: ReasoningMode;
  effort: Slice = Slice.empty();
  budgetTokens: i64 = -1;
  maxTokens: i64;

  constructor(
    private readonly request: ChatRequest,
    maxTokensDefault: i64,
  ) {
    const reasoning = request.reasoning;
    this.mode = reasoning.mode;
    this.maxTokens = request.maxTokens > 0 ? request.maxTokens : maxTokensDefault;
    const isOn = this.mode == ReasoningMode.On || this.mode == ReasoningMode.Adaptive;
    if (isOn && (isForced(request.toolChoice) || resumesUnsigned(request))) this.giveUp();
    else if (isOn && thinksAdaptively(request.model)) this.planAdaptive();
    else if (isOn) this.planBudget();
    else if (this.mode == ReasoningMode.Unset) this.effort = reasoning.effort;
  }

  /** Whether the model thinks. */
  get isOn(): bool {
    return this.mode == ReasoningMode.On || this.mode == ReasoningMode.Adaptive;
  }

  private giveUp(): void {
    this.mode = ReasoningMode.Unset;
    this.request.dropped.add(REASONING_EFFORT);
  }

  /** A fixed budget stays where the model still takes it. */
  private planAdaptive(): void {
    const reasoning = this.request.reasoning;
    this.effort = effortName(reasoning.effort, this.request.model);
    if (this.mode == ReasoningMode.On && reasoning.budgetTokens >= 0 && !isAfterOpus46(this.request.model)) {
      this.fitBudget(reasoning.budgetTokens);
      return;
    }
    if (!this.effort.length && reasoning.budgetTokens >= 0) this.effort = effortOf(reasoning.budgetTokens);
    this.mode = ReasoningMode.Adaptive;
  }

  private planBudget(): void {
    const reasoning = this.request.reasoning;
    this.fitBudget(reasoning.budgetTokens >= 0 ? reasoning.budgetTokens : budgetOf(reasoning.effort));
  }

  /** The budget is part of the limit and must leave room for an answer. */
  private fitBudget(wanted: i64): void {
    const budget = max(wanted, BUDGET_MIN);
    this.mode = ReasoningMode.On;
    this.budgetTokens = budget;
    if (budget < this.maxTokens) return;
    if (this.request.maxTokens <= 0) this.maxTokens += budget;
    else if (this.maxTokens > BUDGET_MIN) this.budgetTokens = max(this.maxTokens / 2, BUDGET_MIN);
    else {
      this.budgetTokens = -1;
      this.giveUp();
    }
  }

  /** Writes the value of `thinking`, of a model that is to think. */
  encodeThinking(json: JsonWriter): void {
    json.beginObject().key(names.TYPE);
    json.text(this.mode == ReasoningMode.On ? own.ENABLED : own.ADAPTIVE);
    if (this.mode == ReasoningMode.On) json.key(own.BUDGET_TOKENS).integer(this.budgetTokens);
    writeContentAt(json, own.DISPLAY, displayName(this.request.reasoning.display));
    json.endObject();
  }

  /** Writes what was planned. */
  encode(json: JsonWriter): void {
    json.key(names.MAX_TOKENS).integer(this.maxTokens);
    if (this.isOn) {
      this.encodeThinking(json.key(own.THINKING));
    } else if (this.mode == ReasoningMode.Off && !isAfterOpus46(this.request.model)) {
      json.key(own.THINKING).beginObject().key(names.TYPE).text(own.DISABLED).endObject();
    }
    this.encodeOutput(json);
  }

  /** `output_config`: effort and format. There is no form for "any JSON". */
  private encodeOutput(json: JsonWriter): void {
    const output = this.request.output;
    const hasSchema = output.kind == OutputKind.JsonSchema && output.rawSchema.length > 0;
    if (output.kind != OutputKind.Text && !hasSchema) this.request.dropped.add(RESPONSE_FORMAT);
    if (!hasSchema && !this.effort.length) return;
    json.key(own.OUTPUT_CONFIG).beginObject();
    writeContentAt(json, own.EFFORT, this.effort);
    if (hasSchema) {
      json.key(names.FORMAT).beginObject().key(names.TYPE).text(names.JSON_SCHEMA);
      json.key(names.SCHEMA).raw(output.rawSchema).endObject();
    }
    json.endObject();
  }
}

/**
 * Whether the last turn's calls came without signed thinking, as from another provider's model: the API refuses to
 * begin thinking in the middle of a turn.
 */
function resumesUnsigned(request: ChatRequest): bool {
  for (let i = request.messages.length - 1; i >= 0; --i) {
    const message = request.messages[i];
    if (message.role == Role.User && !message.has(PartKind.ToolResult)) return false;
    if (message.role != Role.Assistant || !message.has(PartKind.ToolCall)) continue;
    return !isSigned(message);
  }
  return false;
}

/** Whether a message keeps thinking here: what other families signed is left out. */
function isSigned(message: Message): bool {
  for (let i = 0; i < message.parts.length; ++i) {
    const part = message.parts[i];
    if (part.kind == PartKind.RedactedThinking && isOwnSignature(part)) return true;
    if (part.kind == PartKind.Thinking && part.signature.length && isOwnSignature(part)) return true;
  }
  return false;
}

/** OpenAI's words for how to sum thinking up all mean that a summary is shown. */
function displayName(display: Slice): Slice {
  return names.isOneOf(display, SUMMARIES) ? SUMMARIZED : display;
}

/** Efforts that only OpenAI or only later models know become their nearest. */
function effortName(effort: Slice, model: Slice): Slice {
  if (effort.equals(MINIMAL)) return LOW;
  return effort.equals(XHIGH) && !isAfterOpus46(model) ? HIGH : effort;
}

/** The effort nearest to a budget. */
export function effortOf(budgetTokens: i64): Slice {
  if (budgetTokens <= BUDGET_LOW) return LOW;
  return budgetTokens <= BUDGET_MEDIUM ? MEDIUM : HIGH;
}

function budgetOf(effort: Slice): i64 {
  if (effort.equals(MINIMAL)) return BUDGET_MIN;
  if (effort.equals(LOW)) return BUDGET_LOW;
  if (effort.equals(HIGH)) return BUDGET_HIGH;
  return effort.equals(XHIGH) || effort.equals(MAX) ? BUDGET_MOST : BUDGET_MEDIUM;
}
