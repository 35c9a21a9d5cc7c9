// Hub → everything that steers the model: `inferenceConfig`, what only its family knows as
// `additionalModelRequestFields`, the form of its output, service tier and metadata.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InferenceConfiguration.html
import { parseNumber } from "@weir/sdk/assembly/bytes/number-parse";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { isBlank } from "../../anthropic/assembly/encode-part";
import { isAfterOpus46 } from "../../anthropic/assembly/model";
import { ChatRequest, OutputKind } from "../../hub/assembly/chat-request";
import { contentFrom, writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { ownToolChoice } from "./encode-tools";
import { encodeMetadata } from "./metadata";
import { Family, isClaude } from "./model";
import * as own from "./names";
import { OptionalObject } from "./optional-object";
import { ReasoningPlan } from "./reasoning";

const INFERENCE_CONFIG = Slice.of("inferenceConfig");
const ADDITIONAL_FIELDS = Slice.of("additionalModelRequestFields");
const ADDITIONAL_PATHS = Slice.of("additionalModelResponseFieldPaths");
const STOP_SEQUENCE_PATH = Slice.of("/stop_sequence");
const MAX_TOKENS = Slice.of("maxTokens");
const TOP_P = Slice.of("topP");
const TOP_K = Slice.of("topK");
const K = Slice.of("k");
const STOP_SEQUENCES = Slice.of("stopSequences");
const OUTPUT_CONFIG = Slice.of("outputConfig");
const EFFORT = Slice.of("effort");
const TEXT_FORMAT = Slice.of("textFormat");
const STRUCTURE = Slice.of("structure");
const JSON_SCHEMA = Slice.of("jsonSchema");
const ONE = Slice.of("1");
const N = Slice.of("n");
const SEED = Slice.of("seed");
const STOP = Slice.of("stop");
const FREQUENCY_PENALTY = Slice.of("frequency_penalty");
const PRESENCE_PENALTY = Slice.of("presence_penalty");
const LOGIT_BIAS = Slice.of("logit_bias");
const TOP_LOGPROBS = Slice.of("top_logprobs");
const STANDARD_ONLY = Slice.of("standard_only");
const DEFAULT = Slice.of("default");
const TIERS: Slice[] = [DEFAULT, Slice.of("flex"), Slice.of("priority"), Slice.of("reserved")];
const TEMPERATURE_MAX: f64 = 1;
const TOP_P_LEAST: f64 = 0.99;
const THINKING_TOP_P_LEAST: f64 = 0.95;

/** Writes the settings. */
export function encodeSettings(json: JsonWriter, request: ChatRequest, options: EncodeOptions, family: Family): void {
  const plan = new ReasoningPlan(request, options, family);
  const stop = stopSequences(request, family);
  encodeInference(json, request, plan, stop);
  encodeAdditional(json, request, plan);
  // Claude tells which sequence came only when asked.
  if (stop.length && isClaude(family)) {
    json.key(ADDITIONAL_PATHS).beginArray().text(STOP_SEQUENCE_PATH).endArray();
  }
  encodeOutput(json, request, plan);
  encodeServiceTier(json, request);
  encodeMetadata(json, request);
  noteDropped(request);
}

function encodeInference(json: JsonWriter, request: ChatRequest, plan: ReasoningPlan, stop: Slice[]): void {
  const inference = new OptionalObject(json, INFERENCE_CONFIG);
  if (plan.maxTokens > 0) inference.key(MAX_TOKENS).integer(plan.maxTokens);
  inference.raw(names.TEMPERATURE, temperature(request, plan));
  inference.raw(TOP_P, topP(request, plan));
  if (stop.length) {
    inference.key(STOP_SEQUENCES).beginArray();
    for (let i = 0; i < stop.length; ++i) writeContent(json, stop[i]);
    json.endArray();
  }
  inference.end();
}

/** Clients of OpenAI's go up to 2, this API to 1; where a model thinks or samples its own way, only 1 is taken. */
function temperature(request: ChatRequest, plan: ReasoningPlan): Slice {
  const raw = request.sampling.rawTemperature;
  if (!raw.length) return raw;
  const value = parseNumber(raw);
  const isFixed = plan.isSamplingFixed || isNewestClaude(request, plan);
  if (value == TEMPERATURE_MAX || (value < TEMPERATURE_MAX && !isFixed)) return raw;
  request.dropped.add(names.TEMPERATURE);
  return isFixed ? Slice.empty() : ONE;
}

function topP(request: ChatRequest, plan: ReasoningPlan): Slice {
  const raw = request.sampling.rawTopP;
  if (!raw.length) return raw;
  const least = isNewestClaude(request, plan) ? TOP_P_LEAST : plan.isSamplingFixed ? THINKING_TOP_P_LEAST : 0;
  if (parseNumber(raw) >= least) return raw;
  request.dropped.add(names.TOP_P);
  return Slice.empty();
}

function isNewestClaude(request: ChatRequest, plan: ReasoningPlan): bool {
  return plan.family == Family.Claude && isAfterOpus46(request.model);
}

/** Empty ones are refused; by Claude also those of white space alone. */
function stopSequences(request: ChatRequest, family: Family): Slice[] {
  const carried: Slice[] = [];
  for (let i = 0; i < request.stop.length; ++i) {
    const sequence = request.stop[i];
    if (sequence.length && !(isClaude(family) && isBlank(sequence))) carried.push(sequence);
    else request.dropped.add(STOP);
  }
  return carried;
}

function encodeAdditional(json: JsonWriter, request: ChatRequest, plan: ReasoningPlan): void {
  const fields = new OptionalObject(json, ADDITIONAL_FIELDS);
  plan.encode(fields);
  fields.raw(names.TOOL_CHOICE, ownToolChoice(request, plan.family));
  encodeTopK(fields, request, plan);
  fields.end();
}

/** Converse has no place for it: each family has a name of its own. */
function encodeTopK(fields: OptionalObject, request: ChatRequest, plan: ReasoningPlan): void {
  const raw = request.sampling.rawTopK;
  if (!raw.length) return;
  const isFixed = plan.isSamplingFixed || isNewestClaude(request, plan);
  if (isFixed || plan.family == Family.Llama || plan.family == Family.OpenAi) request.dropped.add(names.TOP_K);
  else if (plan.family == Family.Nova) fields.key(INFERENCE_CONFIG).beginObject().key(TOP_K).raw(raw).endObject();
  else fields.raw(plan.family == Family.Cohere ? K : names.TOP_K, raw);
}

/** `outputConfig`: the effort, and the schema, which here is a string. */
function encodeOutput(json: JsonWriter, request: ChatRequest, plan: ReasoningPlan): void {
  const output = request.output;
  const config = new OptionalObject(json, OUTPUT_CONFIG);
  if (output.kind == OutputKind.JsonSchema) {
    config.key(TEXT_FORMAT).beginObject().key(names.TYPE).text(names.JSON_SCHEMA);
    json.key(STRUCTURE).beginObject().key(JSON_SCHEMA).beginObject();
    writeContent(json.key(names.SCHEMA), contentFrom(output.rawSchema));
    writeContentAt(json, names.NAME, output.name);
    writeContentAt(json, names.DESCRIPTION, output.description);
    json.endObject().endObject().endObject();
  }
  if (plan.effort.length) writeContent(config.key(EFFORT), plan.effort);
  config.end();
}

/** `auto` is what happens without it. */
function encodeServiceTier(json: JsonWriter, request: ChatRequest): void {
  const tier = request.serviceTier.equals(STANDARD_ONLY) ? DEFAULT : request.serviceTier;
  if (names.isOneOf(tier, TIERS)) json.key(own.SERVICE_TIER).beginObject().key(names.TYPE).text(tier).endObject();
  else if (!tier.equals(names.AUTO)) request.dropped.addIf(names.SERVICE_TIER, tier);
}

function noteDropped(request: ChatRequest): void {
  const sampling = request.sampling;
  const dropped = request.dropped;
  if (request.choices != 1) dropped.add(N);
  dropped.addIf(SEED, sampling.rawSeed);
  dropped.addIf(FREQUENCY_PENALTY, sampling.rawFrequencyPenalty);
  dropped.addIf(PRESENCE_PENALTY, sampling.rawPresencePenalty);
  dropped.addIf(LOGIT_BIAS, sampling.rawLogitBias);
  if (sampling.rawLogprobs.equals(names.TRUE)) dropped.add(names.LOGPROBS);
  dropped.addIf(TOP_LOGPROBS, sampling.rawTopLogprobs);
  dropped.addIf(names.USER, request.user);
}
