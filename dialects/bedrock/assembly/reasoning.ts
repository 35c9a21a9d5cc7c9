// Hub → how the model is to think, which each family is told in its own words.
//   Claude   thinking {type, budget_tokens} beside the messages, effort in `outputConfig`
//   Nova 2   reasoningConfig {type, maxReasoningEffort}, with "high" only where nothing else limits or samples
//   OpenAI   reasoning_effort, of gpt-oss low, medium or high
// https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html
// https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { effortOf, ThinkingPlan } from "../../anthropic/assembly/encode-thinking";
import * as anthropic from "../../anthropic/assembly/names";
import { ChatRequest, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { Family, isClaude, isGptOss, isNova2 } from "./model";
import * as own from "./names";
import { OptionalObject } from "./optional-object";

const DISPLAY = Slice.of("thinking.display");
const REASONING_CONFIG = Slice.of("reasoningConfig");
const MAX_REASONING_EFFORT = Slice.of("maxReasoningEffort");
const MINIMAL = Slice.of("minimal");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const HIGH = Slice.of("high");
const XHIGH = Slice.of("xhigh");
const MAX = Slice.of("max");

/** The plan, and the limit of output tokens, which it may have to raise. */
@final
export class ReasoningPlan {
  /** The effort for `outputConfig`; empty for none. */
  effort: Slice = Slice.empty();
  /** 0 or less for the model's own limit. */
  maxTokens: i64;
  /** Whether the model refuses temperature, top_p and top_k because it thinks. */
  isSamplingFixed: bool = false;
  private thinking: ThinkingPlan | null = null;
  /** What Nova and OpenAI's models are told; empty for nothing. */
  private ownEffort: Slice = Slice.empty();

  constructor(
    private readonly request: ChatRequest,
    options: EncodeOptions,
    readonly family: Family,
  ) {
    this.maxTokens = request.maxTokens;
    if (isClaude(family)) this.planClaude(new ThinkingPlan(request, options.maxTokensDefault));
    else this.planOther();
  }

  private planClaude(plan: ThinkingPlan): void {
    this.thinking = plan;
    this.effort = plan.effort;
    this.isSamplingFixed = plan.isOn;
    if (plan.mode == ReasoningMode.On || this.maxTokens > 0) this.maxTokens = plan.maxTokens;
  }

  private planOther(): void {
    const request = this.request;
    const wanted = wantedEffort(request);
    request.dropped.addIf(DISPLAY, request.reasoning.display);
    if (!wanted.length) return;
    if (this.family == Family.Nova && isNova2(request.model)) this.planNova(ofThree(wanted));
    else if (this.family == Family.OpenAi) this.ownEffort = isGptOss(request.model) ? ofThree(wanted) : wanted;
    else request.dropped.add(own.REASONING_EFFORT);
  }

  /** A limit is worth more than the last bit of effort. */
  private planNova(effort: Slice): void {
    const isHigh = effort.equals(HIGH);
    this.ownEffort = isHigh && this.maxTokens > 0 ? MEDIUM : effort;
    this.isSamplingFixed = this.ownEffort.equals(HIGH);
  }

  /** Writes what goes into the additional fields. */
  encode(fields: OptionalObject): void {
    const thinking = this.thinking;
    if (thinking && thinking.isOn) thinking.encodeThinking(fields.key(own.THINKING));
    if (!this.ownEffort.length) return;
    if (this.family == Family.OpenAi) {
      writeContent(fields.key(own.REASONING_EFFORT), this.ownEffort);
      return;
    }
    const json = fields.key(REASONING_CONFIG).beginObject().key(names.TYPE).text(anthropic.ENABLED);
    json.key(MAX_REASONING_EFFORT).text(this.ownEffort).endObject();
  }
}

/** How much thinking was asked for; empty where none was, or nothing said. */
function wantedEffort(request: ChatRequest): Slice {
  const reasoning = request.reasoning;
  if (reasoning.mode == ReasoningMode.Off) return Slice.empty();
  if (reasoning.effort.length) return reasoning.effort;
  if (reasoning.budgetTokens >= 0) return effortOf(reasoning.budgetTokens);
  return reasoning.mode == ReasoningMode.Unset ? Slice.empty() : MEDIUM;
}

function ofThree(effort: Slice): Slice {
  if (effort.equals(MINIMAL)) return LOW;
  return effort.equals(XHIGH) || effort.equals(MAX) ? HIGH : effort;
}
