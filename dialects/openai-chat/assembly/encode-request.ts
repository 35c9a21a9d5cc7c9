// Hub → a chat completions request. https://platform.openai.com/docs/api-reference/chat/create
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { EncodeOptions } from "../../hub/assembly/options";
import { hidesThinking } from "../../hub/assembly/thinking-effort";
import * as names from "../../hub/assembly/names";
import { encodeMessages } from "./encode-message";
import { encodeToolChoice, encodeTools } from "./encode-tools";
import * as own from "./names";

const RESPONSE = Slice.of("response");
const DISPLAY = Slice.of("thinking.display");
const LOW = Slice.of("low");
const MEDIUM = Slice.of("medium");
const HIGH = Slice.of("high");
const XHIGH = Slice.of("xhigh");
const MAX = Slice.of("max");
const STANDARD_ONLY = Slice.of("standard_only");
const DEFAULT = Slice.of("default");
const BUDGET_LOW: i64 = 2048;
const BUDGET_MEDIUM: i64 = 8192;

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  writeContent(json.key(names.MODEL), request.model);
  encodeMessages(json, request, options);
  encodeTools(json, request, options);
  encodeToolChoice(json, request);
  encodeLimits(json, request, options);
  encodeSampling(json, request);
  encodeOutput(json, request);
  encodeReasoning(json, request, options);
  writeContentAt(json, names.SERVICE_TIER, serviceTier(request.serviceTier));
  writeContentAt(json, names.USER, request.user);
  writeRawAt(json, names.METADATA, request.rawMetadata);
  encodeExtras(json, request);
  json.endObject();
}

function encodeLimits(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  if (request.maxTokens >= 0) {
    json.key(options.usesMaxTokens ? names.MAX_TOKENS : own.MAX_COMPLETION_TOKENS).integer(request.maxTokens);
  }
  if (request.choices != 1) json.key(own.N).integer(request.choices);
  if (request.stop.length) {
    json.key(own.STOP).beginArray();
    for (let i = 0; i < request.stop.length; ++i) writeContent(json, request.stop[i]);
    json.endArray();
  }
  if (!request.isStream) return;
  // Usage is always wanted, for accounting; that the client gets it only when asked is the stream encoder's to see to.
  json.key(names.STREAM).flag(true);
  json.key(own.STREAM_OPTIONS).beginObject().key(own.INCLUDE_USAGE).flag(true).endObject();
}

function encodeSampling(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  writeRawAt(json, names.TEMPERATURE, sampling.rawTemperature);
  writeRawAt(json, names.TOP_P, sampling.rawTopP);
  writeRawAt(json, own.SEED, sampling.rawSeed);
  writeRawAt(json, own.FREQUENCY_PENALTY, sampling.rawFrequencyPenalty);
  writeRawAt(json, own.PRESENCE_PENALTY, sampling.rawPresencePenalty);
  writeRawAt(json, own.LOGIT_BIAS, sampling.rawLogitBias);
  writeRawAt(json, names.LOGPROBS, sampling.rawLogprobs);
  writeRawAt(json, own.TOP_LOGPROBS, sampling.rawTopLogprobs);
  request.dropped.addIf(names.TOP_K, sampling.rawTopK);
}

function encodeOutput(json: JsonWriter, request: ChatRequest): void {
  const output = request.output;
  if (output.kind == OutputKind.Text) return;
  json.key(own.RESPONSE_FORMAT).beginObject();
  if (output.kind == OutputKind.JsonObject) json.key(names.TYPE).text(own.JSON_OBJECT);
  else {
    json.key(names.TYPE).text(names.JSON_SCHEMA).key(names.JSON_SCHEMA).beginObject();
    writeContent(json.key(names.NAME), output.name.length ? output.name : RESPONSE);
    writeContentAt(json, names.DESCRIPTION, output.description);
    writeRawAt(json, names.SCHEMA, output.rawSchema);
    writeRawAt(json, names.STRICT, output.rawStrict);
    json.endObject();
  }
  json.endObject();
}

/** `reasoning_effort`: as said, or nearest to the budget of tokens. Who takes thoughts back shows them. */
function encodeReasoning(json: JsonWriter, request: ChatRequest, options: EncodeOptions): void {
  const reasoning = request.reasoning;
  if (hidesThinking(reasoning) || !options.keepsThinking) request.dropped.addIf(DISPLAY, reasoning.display);
  if (reasoning.mode == ReasoningMode.Off) {
    // Models that do not think refuse the parameter: it is passed on only where the client used it.
    writeContentAt(json, own.REASONING_EFFORT, reasoning.effort);
    return;
  }
  let effort = reasoning.effort;
  if (!effort.length && reasoning.budgetTokens >= 0) effort = effortOf(reasoning.budgetTokens);
  writeContentAt(json, own.REASONING_EFFORT, effort.equals(MAX) ? XHIGH : effort);
}

function effortOf(budgetTokens: i64): Slice {
  if (budgetTokens <= BUDGET_LOW) return LOW;
  return budgetTokens <= BUDGET_MEDIUM ? MEDIUM : HIGH;
}

function serviceTier(tier: Slice): Slice {
  return tier.equals(STANDARD_ONLY) ? DEFAULT : tier;
}

function encodeExtras(json: JsonWriter, request: ChatRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.dialect.equals(own.NAME_OF_DIALECT)) json.key(extra.key).raw(extra.raw);
    else request.dropped.add(extra.key);
  }
}
