// Hub → a messages request. https://platform.claude.com/docs/en/api/messages
import { parseNumber } from "@weir/sdk/assembly/bytes/number-parse";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { writeContent, writeRawAt } from "../../hub/assembly/content";
import { EncodeOptions } from "../../hub/assembly/options";
import * as names from "../../hub/assembly/names";
import { encodeMessages, encodeSystem } from "./encode-message";
import { isBlank } from "./encode-part";
import { ThinkingPlan } from "./encode-thinking";
import { encodeTools } from "./encode-tools";
import { isAfterOpus46 } from "./model";
import * as own from "./names";

const N = Slice.of("n");
const SEED = Slice.of("seed");
const STOP = Slice.of("stop");
const FREQUENCY_PENALTY = Slice.of("frequency_penalty");
const PRESENCE_PENALTY = Slice.of("presence_penalty");
const LOGIT_BIAS = Slice.of("logit_bias");
const TOP_LOGPROBS = Slice.of("top_logprobs");
const ONE = Slice.of("1");
const STANDARD_ONLY = Slice.of("standard_only");
const DEFAULT = Slice.of("default");
const PRIORITY = Slice.of("priority");
const TEMPERATURE_MAX: f64 = 1;
const TOP_P_LEAST: f64 = 0.99;
const THINKING_TOP_P_LEAST: f64 = 0.95;

/** Vertex AI has the model in the path, and the API's version in the body. */
export const VERSION_MEMBER = Slice.of("anthropic_version");
/** https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai */
export const VERTEX_VERSION = Slice.of("vertex-2023-10-16");

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  const plan = new ThinkingPlan(request, options.maxTokensDefault);
  json.beginObject();
  if (options.isVertex) json.key(VERSION_MEMBER).text(VERTEX_VERSION);
  else writeContent(json.key(names.MODEL), request.model);
  plan.encode(json);
  encodeSystem(json, request);
  encodeMessages(json, request);
  encodeTools(json, request);
  encodeSampling(json, request, plan.isOn);
  encodeStop(json, request);
  encodeServiceTier(json, request);
  if (request.user.length) {
    json.key(names.METADATA).beginObject();
    writeContent(json.key(own.USER_ID), request.user);
    json.endObject();
  }
  request.dropped.addIf(names.METADATA, request.rawMetadata);
  if (request.isStream) json.key(names.STREAM).flag(true);
  encodeExtras(json, request);
  json.endObject();
}

function encodeSampling(json: JsonWriter, request: ChatRequest, isThinking: bool): void {
  const sampling = request.sampling;
  const dropped = request.dropped;
  const isFixed = isAfterOpus46(request.model);
  encodeTemperature(json, request, isFixed || isThinking);
  const topP = sampling.rawTopP.length ? parseNumber(sampling.rawTopP) : 0;
  const least = isFixed ? TOP_P_LEAST : isThinking ? THINKING_TOP_P_LEAST : 0;
  if (topP >= least) writeRawAt(json, names.TOP_P, sampling.rawTopP);
  else dropped.addIf(names.TOP_P, sampling.rawTopP);
  if (!isFixed && !isThinking) writeRawAt(json, names.TOP_K, sampling.rawTopK);
  else dropped.addIf(names.TOP_K, sampling.rawTopK);
  if (request.choices != 1) dropped.add(N);
  dropped.addIf(SEED, sampling.rawSeed);
  dropped.addIf(FREQUENCY_PENALTY, sampling.rawFrequencyPenalty);
  dropped.addIf(PRESENCE_PENALTY, sampling.rawPresencePenalty);
  dropped.addIf(LOGIT_BIAS, sampling.rawLogitBias);
  if (sampling.rawLogprobs.equals(names.TRUE)) dropped.add(names.LOGPROBS);
  dropped.addIf(TOP_LOGPROBS, sampling.rawTopLogprobs);
}

/** OpenAI's goes up to 2, this one to 1; where it is fixed, only 1 is taken. */
function encodeTemperature(json: JsonWriter, request: ChatRequest, isFixed: bool): void {
  const raw = request.sampling.rawTemperature;
  if (!raw.length) return;
  const value = parseNumber(raw);
  if (value == TEMPERATURE_MAX || (value < TEMPERATURE_MAX && !isFixed)) json.key(names.TEMPERATURE).raw(raw);
  else {
    request.dropped.add(names.TEMPERATURE);
    if (!isFixed) json.key(names.TEMPERATURE).raw(ONE);
  }
}

/** Sequences of white space alone are refused. */
function encodeStop(json: JsonWriter, request: ChatRequest): void {
  let isOpen = false;
  for (let i = 0; i < request.stop.length; ++i) {
    if (isBlank(request.stop[i])) {
      request.dropped.add(STOP);
      continue;
    }
    if (!isOpen) json.key(own.STOP_SEQUENCES).beginArray();
    isOpen = true;
    writeContent(json, request.stop[i]);
  }
  if (isOpen) json.endArray();
}

function encodeServiceTier(json: JsonWriter, request: ChatRequest): void {
  const tier = request.serviceTier;
  if (!tier.length) return;
  if (tier.equals(DEFAULT) || tier.equals(STANDARD_ONLY)) json.key(names.SERVICE_TIER).text(STANDARD_ONLY);
  else if (tier.equals(names.AUTO) || tier.equals(PRIORITY)) json.key(names.SERVICE_TIER).text(names.AUTO);
  else request.dropped.add(names.SERVICE_TIER);
}

function encodeExtras(json: JsonWriter, request: ChatRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.dialect.equals(own.NAME_OF_DIALECT)) json.key(extra.key).raw(extra.raw);
    else request.dropped.add(extra.key);
  }
}
