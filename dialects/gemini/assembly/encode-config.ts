// Hub → `generationConfig`. https://ai.google.dev/api/generate-content#generationconfig
import { isInteger, parseInteger } from "@weir/sdk/assembly/bytes/integer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind } from "../../hub/assembly/chat-request";
import { writeContent, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { encodeThinking } from "./encode-thinking";
import { hasFunctions } from "./encode-tools";
import { isAfterGemini2 } from "./model";
import * as own from "./names";

const STOP = Slice.of("stop");
const RESPONSE_FORMAT = Slice.of("response_format");
const LOGIT_BIAS = Slice.of("logit_bias");
const EMPTY_OBJECT_SIZE: i32 = 2;
const STOP_MAX: i32 = 5;

/** Writes the configuration; nothing where there is none. */
export function encodeConfig(json: JsonWriter, request: ChatRequest): void {
  const writer = new Writer();
  const config = new JsonWriter(writer);
  config.beginObject();
  encodeSampling(config, request);
  encodeLimits(config, request);
  encodeOutput(config, request);
  encodeThinking(config, request);
  encodeExtras(config, request);
  config.endObject();
  const raw = writer.take();
  if (raw.length > EMPTY_OBJECT_SIZE) json.key(own.GENERATION_CONFIG.json).raw(raw);
}

function encodeSampling(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  writeRawAt(json, names.TEMPERATURE, sampling.rawTemperature);
  writeRawAt(json, own.TOP_P.json, sampling.rawTopP);
  writeRawAt(json, own.TOP_K.json, sampling.rawTopK);
  writeRawAt(json, own.PRESENCE_PENALTY.json, sampling.rawPresencePenalty);
  writeRawAt(json, own.FREQUENCY_PENALTY.json, sampling.rawFrequencyPenalty);
  if (isInt32(sampling.rawSeed)) json.key(own.SEED).raw(sampling.rawSeed);
  else request.dropped.addIf(own.SEED, sampling.rawSeed);
  if (sampling.rawLogprobs.equals(names.TRUE)) json.key(own.RESPONSE_LOGPROBS.json).flag(true);
  writeRawAt(json, names.LOGPROBS, sampling.rawTopLogprobs);
  request.dropped.addIf(LOGIT_BIAS, sampling.rawLogitBias);
}

/** Google's seeds have 32 bits, OpenAI's 64. */
function isInt32(raw: Slice): bool {
  const value = parseInteger(raw);
  return isInteger(raw) && value >= i32.MIN_VALUE && value <= i32.MAX_VALUE;
}

function encodeLimits(json: JsonWriter, request: ChatRequest): void {
  if (request.choices != 1) json.key(own.CANDIDATE_COUNT.json).integer(request.choices);
  if (request.maxTokens >= 0) json.key(own.MAX_OUTPUT_TOKENS.json).integer(request.maxTokens);
  if (!request.stop.length) return;
  if (request.stop.length > STOP_MAX) request.dropped.add(STOP);
  json.key(own.STOP_SEQUENCES.json).beginArray();
  for (let i = 0; i < min(request.stop.length, STOP_MAX); ++i) writeContent(json, request.stop[i]);
  json.endArray();
}

/** Models before Gemini 3 refuse JSON together with functions: calls matter more. */
function encodeOutput(json: JsonWriter, request: ChatRequest): void {
  const output = request.output;
  if (output.kind == OutputKind.Text) return;
  if (!isAfterGemini2(request.model) && hasFunctions(request)) {
    request.dropped.add(RESPONSE_FORMAT);
    return;
  }
  json.key(own.RESPONSE_MIME_TYPE.json).text(own.APPLICATION_JSON);
  if (output.kind == OutputKind.JsonSchema) writeRawAt(json, own.RESPONSE_JSON_SCHEMA.json, output.rawSchema);
}

function encodeExtras(json: JsonWriter, request: ChatRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (!isConfigExtra(extra.dialect, extra.key)) continue;
    json.key(extra.key.slice(own.CONFIG_PREFIX.length)).raw(extra.raw);
  }
}

/** Whether an extra stands in the configuration. */
export function isConfigExtra(dialect: Slice, key: Slice): bool {
  return dialect.equals(own.NAME_OF_DIALECT) && key.startsWith(own.CONFIG_PREFIX);
}
