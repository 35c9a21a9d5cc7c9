// Hub → a generation request: `model`, `input` and `parameters`.
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { dropOtherExtras, hasExtra, writeExtras } from "../../hub/assembly/extras";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { Range } from "../../hub/assembly/range";
import { hidesThinking, thinkingBudget, wantsThinking } from "../../hub/assembly/thinking-effort";
import { encodeMessages } from "./encode-message";
import { encodeTools, forcedTool } from "./encode-tools";

const DISPLAY = Slice.of("thinking.display");
const ENABLE_THINKING = Slice.of("enable_thinking");
const FREQUENCY_PENALTY = Slice.of("frequency_penalty");
const INCREMENTAL_OUTPUT = Slice.of("incremental_output");
const INPUT = Slice.of("input");
const JSON_OBJECT = Slice.of("json_object");
const LOGIT_BIAS = Slice.of("logit_bias");
const N = Slice.of("n");
const PARAMETERS = Slice.of("parameters");
const PRESENCE_PENALTY = Slice.of("presence_penalty");
const REASONING_EFFORT = Slice.of("reasoning_effort");
const RESPONSE = Slice.of("response");
const RESPONSE_FORMAT = Slice.of("response_format");
const RESULT_FORMAT = Slice.of("result_format");
const SEED = Slice.of("seed");
const STOP = Slice.of("stop");
const THINKING_BUDGET = Slice.of("thinking_budget");
const TOP_LOGPROBS = Slice.of("top_logprobs");

/** 2 itself is refused. */
const TEMPERATURE_RANGE = new Range(0, 1.99);

/** DashScope's own parameters. */
const EXTRAS: Slice[] = [
  Slice.of("asr_options"),
  Slice.of("enable_code_interpreter"),
  Slice.of("enable_search"),
  ENABLE_THINKING,
  Slice.of("max_input_tokens"),
  Slice.of("ocr_options"),
  Slice.of("preserve_thinking"),
  Slice.of("repetition_penalty"),
  Slice.of("search_options"),
  THINKING_BUDGET,
  Slice.of("translation_options"),
  Slice.of("vl_high_resolution_images"),
];

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  writeContent(json.key(names.MODEL), request.model);
  json.key(INPUT).beginObject();
  encodeMessages(json, request, options);
  json.endObject();
  json.key(PARAMETERS).beginObject();
  json.key(RESULT_FORMAT).text(names.MESSAGE);
  // Else each event of a stream repeats all that came before it.
  if (request.isStream) json.key(INCREMENTAL_OUTPUT).flag(true);
  encodeTools(json, request);
  encodeLimits(json, request);
  encodeSampling(json, request);
  encodeOutput(json, request);
  encodeThinking(json, request);
  writeExtras(json, request, EXTRAS);
  json.endObject().endObject();
  dropOthers(request);
}

function encodeLimits(json: JsonWriter, request: ChatRequest): void {
  if (request.maxTokens >= 0) json.key(names.MAX_TOKENS).integer(request.maxTokens);
  if (request.choices != 1) json.key(N).integer(request.choices);
  if (!request.stop.length) return;
  json.key(STOP).beginArray();
  for (let i = 0; i < request.stop.length; ++i) writeContent(json, request.stop[i]);
  json.endArray();
}

function encodeSampling(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  const temperature = TEMPERATURE_RANGE.nearest(sampling.rawTemperature);
  if (!temperature.equals(sampling.rawTemperature)) request.dropped.add(names.TEMPERATURE);
  writeRawAt(json, names.TEMPERATURE, temperature);
  writeRawAt(json, names.TOP_P, sampling.rawTopP);
  writeRawAt(json, names.TOP_K, sampling.rawTopK);
  writeRawAt(json, SEED, sampling.rawSeed);
  writeRawAt(json, PRESENCE_PENALTY, sampling.rawPresencePenalty);
  writeRawAt(json, names.LOGPROBS, sampling.rawLogprobs);
  writeRawAt(json, TOP_LOGPROBS, sampling.rawTopLogprobs);
}

/** `response_format`, as OpenAI has it. */
function encodeOutput(json: JsonWriter, request: ChatRequest): void {
  const output = request.output;
  if (output.kind == OutputKind.Text) return;
  json.key(RESPONSE_FORMAT).beginObject();
  if (output.kind == OutputKind.JsonObject) json.key(names.TYPE).text(JSON_OBJECT);
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

/**
 * `enable_thinking` and `thinking_budget`. A model that thinks can neither be told which tool to call nor be bound to
 * JSON: then it does not think. https://www.alibabacloud.com/help/en/model-studio/deep-thinking
 */
function encodeThinking(json: JsonWriter, request: ChatRequest): void {
  const reasoning = request.reasoning;
  if (hidesThinking(reasoning)) request.dropped.add(DISPLAY);
  if (reasoning.mode == ReasoningMode.Unset || hasExtra(request, ENABLE_THINKING)) return;
  const isOn = thinks(request);
  if (wantsThinking(reasoning) && !isOn) request.dropped.add(REASONING_EFFORT);
  json.key(ENABLE_THINKING).flag(isOn);
  const budget = isOn ? thinkingBudget(reasoning) : -1;
  if (budget > 0 && !hasExtra(request, THINKING_BUDGET)) json.key(THINKING_BUDGET).integer(budget);
}

/**
 * Whether the model is told to think. Most models do so in streams only: "parameter.enable_thinking must be set to
 * false for non-streaming calls". https://www.alibabacloud.com/help/en/model-studio/error-code
 */
export function thinks(request: ChatRequest): bool {
  for (let i = 0; i < request.extras.length; ++i) {
    if (request.extras[i].key.equals(ENABLE_THINKING)) return request.extras[i].raw.equals(names.TRUE);
  }
  const isBound = forcedTool(request).length > 0 || request.output.kind != OutputKind.Text;
  return wantsThinking(request.reasoning) && !isBound;
}

function dropOthers(request: ChatRequest): void {
  const dropped = request.dropped;
  dropped.addIf(FREQUENCY_PENALTY, request.sampling.rawFrequencyPenalty);
  dropped.addIf(LOGIT_BIAS, request.sampling.rawLogitBias);
  dropped.addIf(names.SERVICE_TIER, request.serviceTier);
  dropped.addIf(names.USER, request.user);
  dropped.addIf(names.METADATA, request.rawMetadata);
  dropOtherExtras(request, EXTRAS);
}
