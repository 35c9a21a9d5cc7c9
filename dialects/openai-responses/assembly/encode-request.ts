// Hub → a responses request. The conversation is encode-input.ts's, tools encode-tools.ts's.
// https://platform.openai.com/docs/api-reference/responses/create
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, Extra, OutputKind, Reasoning, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { PartKind } from "../../hub/assembly/part";
import { SignatureFormat } from "../../hub/assembly/signature";
import * as chat from "../../openai-chat/assembly/names";
import { encodeInput } from "./encode-input";
import { encodeTools } from "./encode-tools";
import * as own from "./names";

/** The provider refuses a lower limit. */
const MAX_TOKENS_MIN: i64 = 16;
const DEFAULT_NAME = Slice.of("response");
const SUMMARIZED = Slice.of("summarized");
const OMITTED = Slice.of("omitted");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const HIGH = Slice.of("high");
const XHIGH = Slice.of("xhigh");
const MAX = Slice.of("max");
const BUDGET_LOW: i64 = 2048;
const BUDGET_MEDIUM: i64 = 8192;
const STANDARD_ONLY = Slice.of("standard_only");
const DEFAULT = Slice.of("default");
// Members that chat completions have too, with the same name and meaning.
const SHARED: Slice[] = [
  own.SAFETY_IDENTIFIER,
  own.STORE,
  own.VERBOSITY,
  Slice.of("moderation"),
  Slice.of("prompt_cache_key"),
  Slice.of("prompt_cache_options"),
  Slice.of("prompt_cache_retention"),
];

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  writeContent(json.key(names.MODEL), request.model);
  encodeInput(json, request, options);
  encodeTools(json, request);
  encodeLimits(json, request);
  encodeSampling(json, request);
  encodeText(json, request);
  encodeReasoning(json, request.reasoning);
  encodeInclude(json, request);
  writeContentAt(json, names.SERVICE_TIER, serviceTier(request.serviceTier));
  writeContentAt(json, names.USER, request.user);
  writeRawAt(json, names.METADATA, request.rawMetadata);
  encodeExtras(json, request);
  json.endObject();
}

function encodeLimits(json: JsonWriter, request: ChatRequest): void {
  if (request.maxTokens >= 0) {
    if (request.maxTokens < MAX_TOKENS_MIN) request.dropped.add(names.MAX_TOKENS);
    json.key(own.MAX_OUTPUT_TOKENS).integer(max(request.maxTokens, MAX_TOKENS_MIN));
  }
  if (request.choices != 1) request.dropped.add(chat.N);
  if (request.stop.length) request.dropped.add(chat.STOP);
  if (request.isStream) json.key(names.STREAM).flag(true);
}

function encodeSampling(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  const dropped = request.dropped;
  writeRawAt(json, names.TEMPERATURE, sampling.rawTemperature);
  writeRawAt(json, names.TOP_P, sampling.rawTopP);
  writeRawAt(json, own.TOP_LOGPROBS, sampling.rawTopLogprobs);
  dropped.addIf(names.TOP_K, sampling.rawTopK);
  dropped.addIf(chat.SEED, sampling.rawSeed);
  dropped.addIf(chat.FREQUENCY_PENALTY, sampling.rawFrequencyPenalty);
  dropped.addIf(chat.PRESENCE_PENALTY, sampling.rawPresencePenalty);
  dropped.addIf(chat.LOGIT_BIAS, sampling.rawLogitBias);
}

/** `text`: how it is bound, and how verbose it is. */
function encodeText(json: JsonWriter, request: ChatRequest): void {
  const output = request.output;
  const verbosity = extraOf(request, own.VERBOSITY);
  if (output.kind == OutputKind.Text && !verbosity.length) return;
  json.key(names.TEXT).beginObject();
  writeRawAt(json, own.VERBOSITY, verbosity);
  if (output.kind != OutputKind.Text) json.key(names.FORMAT).beginObject().key(names.TYPE);
  if (output.kind == OutputKind.JsonObject) json.text(own.JSON_OBJECT).endObject();
  if (output.kind == OutputKind.JsonSchema) {
    json.text(names.JSON_SCHEMA);
    writeContent(json.key(names.NAME), output.name.length ? output.name : DEFAULT_NAME);
    writeContentAt(json, names.DESCRIPTION, output.description);
    json.key(names.SCHEMA).raw(output.rawSchema.length ? output.rawSchema : names.EMPTY_OBJECT);
    writeRawAt(json, names.STRICT, output.rawStrict);
    json.endObject();
  }
  json.endObject();
}

/** `reasoning`: the effort as said, or nearest to the budget of tokens, and whether a summary is shown. */
function encodeReasoning(json: JsonWriter, reasoning: Reasoning): void {
  let effort = reasoning.effort;
  const isOff = reasoning.mode == ReasoningMode.Off;
  if (!effort.length && reasoning.budgetTokens >= 0 && !isOff) effort = effortOf(reasoning.budgetTokens);
  if (effort.equals(MAX)) effort = XHIGH;
  const summary = summaryOf(reasoning.display);
  if (!effort.length && !summary.length) return;
  json.key(own.REASONING).beginObject();
  writeContentAt(json, own.EFFORT, effort);
  writeContentAt(json, own.SUMMARY, summary);
  json.endObject();
}

function effortOf(budgetTokens: i64): Slice {
  if (budgetTokens <= BUDGET_LOW) return LOW;
  return budgetTokens <= BUDGET_MEDIUM ? MEDIUM : HIGH;
}

/** Anthropic's words for what is shown of thinking, in OpenAI's. */
function summaryOf(display: Slice): Slice {
  if (display.equals(OMITTED)) return Slice.empty();
  return display.equals(SUMMARIZED) ? names.AUTO : display;
}

/**
 * `include`: signed reasoning is wanted wherever the model is known to reason, for clients send it back; models that do
 * not reason refuse to be asked (GPT-4o, 2026-05).
 */
function encodeInclude(json: JsonWriter, request: ChatRequest): void {
  const known = extraOf(request, own.INCLUDE);
  if (known.length) {
    json.key(own.INCLUDE).raw(known);
    return;
  }
  const wantsLogprobs = request.sampling.rawLogprobs.equals(names.TRUE);
  const wantsSigned = reasons(request);
  if (!wantsLogprobs && !wantsSigned) return;
  json.key(own.INCLUDE).beginArray();
  if (wantsSigned) json.text(own.INCLUDE_ENCRYPTED);
  if (wantsLogprobs) json.text(own.INCLUDE_LOGPROBS);
  json.endArray();
}

/**
 * Whether the model reasons, as far as the request tells: it sets an effort, wants a summary, or comes with what the
 * model signed.
 */
function reasons(request: ChatRequest): bool {
  const reasoning = request.reasoning;
  if (summaryOf(reasoning.display).length) return true;
  const isOn = reasoning.mode == ReasoningMode.On || reasoning.mode == ReasoningMode.Adaptive;
  if (isOn && (reasoning.effort.length || reasoning.budgetTokens >= 0)) return true;
  for (let i = 0; i < request.messages.length; ++i) {
    const parts = request.messages[i].parts;
    for (let j = 0; j < parts.length; ++j) {
      const isThinking = parts[j].kind == PartKind.Thinking || parts[j].kind == PartKind.RedactedThinking;
      if (isThinking && parts[j].signatureFormat == SignatureFormat.OpenAi) return true;
    }
  }
  return false;
}

function serviceTier(tier: Slice): Slice {
  return tier.equals(STANDARD_ONLY) ? DEFAULT : tier;
}

/** The value of an extra that this dialect can write; empty where there is none. */
function extraOf(request: ChatRequest, key: Slice): Slice {
  for (let i = 0; i < request.extras.length; ++i) {
    if (request.extras[i].key.equals(key) && isWritable(request.extras[i])) return request.extras[i].raw;
  }
  return Slice.empty();
}

function isWritable(extra: Extra): bool {
  if (extra.dialect.equals(own.NAME_OF_DIALECT)) return true;
  return extra.dialect.equals(chat.NAME_OF_DIALECT) && names.isOneOf(extra.key, SHARED);
}

/** What is not said to be stored must not be: here that has to be asked for. */
function encodeExtras(json: JsonWriter, request: ChatRequest): void {
  if (!extraOf(request, own.STORE).length) json.key(own.STORE).flag(false);
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (!isWritable(extra)) request.dropped.add(extra.key);
    else if (!extra.key.equals(own.VERBOSITY) && !extra.key.equals(own.INCLUDE)) json.key(extra.key).raw(extra.raw);
  }
}
