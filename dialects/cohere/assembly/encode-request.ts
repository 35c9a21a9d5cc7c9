// Hub → a chat request. https://docs.cohere.com/reference/chat
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent, writeRawAt } from "../../hub/assembly/content";
import { dropOtherExtras, writeExtras } from "../../hub/assembly/extras";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { Range } from "../../hub/assembly/range";
import { hidesThinking, thinkingBudget, wantsThinking } from "../../hub/assembly/thinking-effort";
import { encodeMessages } from "./encode-message";
import { encodeTools } from "./encode-tools";
import * as own from "./names";

const DISABLED = Slice.of("disabled");
const DISPLAY = Slice.of("thinking.display");
const ENABLED = Slice.of("enabled");
const FREQUENCY_PENALTY = Slice.of("frequency_penalty");
const JSON_OBJECT = Slice.of("json_object");
const K = Slice.of("k");
const LOGIT_BIAS = Slice.of("logit_bias");
const N = Slice.of("n");
const P = Slice.of("p");
const PRESENCE_PENALTY = Slice.of("presence_penalty");
const RESPONSE_FORMAT = Slice.of("response_format");
const SEED = Slice.of("seed");
const STOP = Slice.of("stop");
const STOP_SEQUENCES = Slice.of("stop_sequences");
const TOKEN_BUDGET = Slice.of("token_budget");
const TOP_LOGPROBS = Slice.of("top_logprobs");

const STOP_SEQUENCES_MAX: i32 = 5;
const P_RANGE = new Range(0.01, 0.99);
const K_RANGE = new Range(0, 500);
const PENALTY_RANGE = new Range(0, 1);

/** Cohere's own parameters. */
const EXTRAS: Slice[] = [
  Slice.of("citation_options"),
  Slice.of("documents"),
  Slice.of("priority"),
  Slice.of("safety_mode"),
];

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  writeContent(json.key(names.MODEL), request.model);
  encodeMessages(json, request, options);
  const toolCount = encodeTools(json, request);
  encodeLimits(json, request);
  encodeSampling(json, request);
  encodeOutput(json, request, toolCount > 0);
  encodeThinking(json, request);
  if (request.isStream) json.key(names.STREAM).flag(true);
  writeExtras(json, request, EXTRAS);
  json.endObject();
  dropOthers(request);
}

function encodeLimits(json: JsonWriter, request: ChatRequest): void {
  if (request.maxTokens >= 0) json.key(names.MAX_TOKENS).integer(request.maxTokens);
  const stop = request.stop;
  if (!stop.length) return;
  if (stop.length > STOP_SEQUENCES_MAX) request.dropped.add(STOP);
  json.key(STOP_SEQUENCES).beginArray();
  for (let i = 0; i < min(stop.length, STOP_SEQUENCES_MAX); ++i) writeContent(json, stop[i]);
  json.endArray();
}

function encodeSampling(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  writeRawAt(json, names.TEMPERATURE, sampling.rawTemperature);
  // OpenAI's default of 1 means the same as the most that is allowed here: nothing is lost that needs naming.
  writeRawAt(json, P, P_RANGE.nearest(sampling.rawTopP));
  writeRawAt(json, SEED, sampling.rawSeed);
  const k = K_RANGE.nearest(sampling.rawTopK);
  const frequency = PENALTY_RANGE.nearest(sampling.rawFrequencyPenalty);
  const presence = PENALTY_RANGE.nearest(sampling.rawPresencePenalty);
  writeRawAt(json, K, k);
  writeRawAt(json, FREQUENCY_PENALTY, frequency);
  writeRawAt(json, PRESENCE_PENALTY, presence);
  if (!k.equals(sampling.rawTopK)) request.dropped.add(names.TOP_K);
  if (!frequency.equals(sampling.rawFrequencyPenalty)) request.dropped.add(FREQUENCY_PENALTY);
  if (!presence.equals(sampling.rawPresencePenalty)) request.dropped.add(PRESENCE_PENALTY);
}

/** `response_format`: a schema is a JSON object's. Beside tools the API refuses it. */
function encodeOutput(json: JsonWriter, request: ChatRequest, hasTools: bool): void {
  const output = request.output;
  if (output.kind == OutputKind.Text) return;
  if (hasTools) {
    request.dropped.add(RESPONSE_FORMAT);
    return;
  }
  json.key(RESPONSE_FORMAT).beginObject().key(names.TYPE).text(JSON_OBJECT);
  if (output.kind == OutputKind.JsonSchema) writeRawAt(json, names.JSON_SCHEMA, output.rawSchema);
  json.endObject();
}

/** `thinking`. https://docs.cohere.com/docs/reasoning */
function encodeThinking(json: JsonWriter, request: ChatRequest): void {
  const reasoning = request.reasoning;
  if (hidesThinking(reasoning)) request.dropped.add(DISPLAY);
  if (reasoning.mode == ReasoningMode.Unset) return;
  const isOn = wantsThinking(reasoning);
  json
    .key(own.THINKING)
    .beginObject()
    .key(names.TYPE)
    .text(isOn ? ENABLED : DISABLED);
  const budget = isOn ? thinkingBudget(reasoning) : -1;
  if (budget > 0) json.key(TOKEN_BUDGET).integer(budget);
  json.endObject();
}

/** Probabilities come without the tokens' texts, which no other dialect does without: they are not asked for. */
function dropOthers(request: ChatRequest): void {
  const dropped = request.dropped;
  if (request.choices != 1) dropped.add(N);
  if (request.sampling.rawLogprobs.equals(names.TRUE)) dropped.add(names.LOGPROBS);
  dropped.addIf(TOP_LOGPROBS, request.sampling.rawTopLogprobs);
  dropped.addIf(LOGIT_BIAS, request.sampling.rawLogitBias);
  dropped.addIf(names.SERVICE_TIER, request.serviceTier);
  dropped.addIf(names.USER, request.user);
  dropped.addIf(names.METADATA, request.rawMetadata);
  dropOtherExtras(request, EXTRAS);
}
