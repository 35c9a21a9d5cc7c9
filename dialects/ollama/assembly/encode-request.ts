// Hub → a chat request. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest, OutputKind, Reasoning, ReasoningMode } from "../../hub/assembly/chat-request";
import { writeContent, writeRawAt } from "../../hub/assembly/content";
import { dropOtherExtras, hasExtra, writeExtras } from "../../hub/assembly/extras";
import { isCallForced, writeFunctions } from "../../hub/assembly/function-tool";
import * as names from "../../hub/assembly/names";
import { hidesThinking } from "../../hub/assembly/thinking-effort";
import { ToolChoiceKind } from "../../hub/assembly/tool";
import { encodeMessages } from "./encode-message";

const ANY_JSON = Slice.of("json");
const BUDGET = Slice.of("thinking.budget_tokens");
const DISPLAY = Slice.of("thinking.display");
const FREQUENCY_PENALTY = Slice.of("frequency_penalty");
const HIGH = Slice.of("high");
const LOGIT_BIAS = Slice.of("logit_bias");
const LOW = Slice.of("low");
const MAX = Slice.of("max");
const MEDIUM = Slice.of("medium");
const MINIMAL = Slice.of("minimal");
const N = Slice.of("n");
const NUM_PREDICT = Slice.of("num_predict");
const OPTIONS = Slice.of("options");
const PARALLEL = Slice.of("parallel_tool_calls");
const PRESENCE_PENALTY = Slice.of("presence_penalty");
const SEED = Slice.of("seed");
const STOP = Slice.of("stop");
const THINK = Slice.of("think");
const TOP_LOGPROBS = Slice.of("top_logprobs");
const XHIGH = Slice.of("xhigh");

/** Ollama's own parameters, beside `options` and in it. */
const EXTRAS: Slice[] = [Slice.of("keep_alive"), Slice.of("shift"), THINK, Slice.of("truncate")];
const EXTRA_OPTIONS: Slice[] = [
  Slice.of("min_p"),
  Slice.of("num_batch"),
  Slice.of("num_ctx"),
  Slice.of("num_gpu"),
  Slice.of("num_keep"),
  Slice.of("num_thread"),
  Slice.of("repeat_last_n"),
  Slice.of("repeat_penalty"),
  Slice.of("typical_p"),
];

/** Writes the request. */
export function encodeRequest(request: ChatRequest, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  writeContent(json.key(names.MODEL), request.model);
  encodeMessages(json, request);
  encodeTools(json, request);
  encodeFormat(json, request);
  encodeThink(json, request);
  encodeLogprobs(json, request);
  encodeOptions(json, request);
  // Ollama streams where nobody says otherwise.
  json.key(names.STREAM).flag(request.isStream);
  writeExtras(json, request, EXTRAS);
  json.endObject();
  dropOthers(request);
}

/** There is no choice: tools that must not be called are left out, and no call can be forced. */
function encodeTools(json: JsonWriter, request: ChatRequest): void {
  const choice = request.toolChoice;
  if (choice.kind == ToolChoiceKind.None) return;
  if (!writeFunctions(json, request)) return;
  for (let i = 0; i < request.tools.length; ++i) {
    if (request.tools[i].rawStrict.equals(names.TRUE)) request.dropped.add(names.STRICT);
  }
  if (isCallForced(choice)) request.dropped.add(names.TOOL_CHOICE);
  if (choice.parallel == 0) request.dropped.add(PARALLEL);
}

/** `format`: a schema, or any JSON. */
function encodeFormat(json: JsonWriter, request: ChatRequest): void {
  const output = request.output;
  if (output.kind == OutputKind.Text) return;
  json.key(names.FORMAT);
  if (output.kind == OutputKind.JsonSchema && output.rawSchema.length) json.raw(output.rawSchema);
  else json.text(ANY_JSON);
}

/** `think`: a flag, or a level where one is said. A model that does not think refuses `true`, so silence stays it. */
function encodeThink(json: JsonWriter, request: ChatRequest): void {
  const reasoning = request.reasoning;
  if (hidesThinking(reasoning)) request.dropped.add(DISPLAY);
  if (reasoning.budgetTokens >= 0) request.dropped.add(BUDGET);
  if (reasoning.mode == ReasoningMode.Unset || hasExtra(request, THINK)) return;
  const level = levelOf(reasoning);
  json.key(THINK);
  if (reasoning.mode != ReasoningMode.Off && level.length) json.text(level);
  else json.flag(reasoning.mode != ReasoningMode.Off);
}

/** low, medium, high or max; empty where the client says nothing of how much. */
function levelOf(reasoning: Reasoning): Slice {
  const effort = reasoning.effort;
  if (effort.equals(MINIMAL) || effort.equals(LOW)) return LOW;
  if (effort.equals(XHIGH) || effort.equals(MAX)) return MAX;
  return effort.equals(MEDIUM) || effort.equals(HIGH) ? effort : Slice.empty();
}

function encodeLogprobs(json: JsonWriter, request: ChatRequest): void {
  if (!request.sampling.rawLogprobs.equals(names.TRUE)) return;
  json.key(names.LOGPROBS).flag(true);
  writeRawAt(json, TOP_LOGPROBS, request.sampling.rawTopLogprobs);
}

/** `options`. https://github.com/ollama/ollama/blob/main/docs/modelfile.mdx#valid-parameters-and-values */
function encodeOptions(json: JsonWriter, request: ChatRequest): void {
  const sampling = request.sampling;
  json.key(OPTIONS).beginObject();
  if (request.maxTokens >= 0) json.key(NUM_PREDICT).integer(request.maxTokens);
  writeRawAt(json, names.TEMPERATURE, sampling.rawTemperature);
  writeRawAt(json, names.TOP_P, sampling.rawTopP);
  writeRawAt(json, names.TOP_K, sampling.rawTopK);
  writeRawAt(json, SEED, sampling.rawSeed);
  writeRawAt(json, FREQUENCY_PENALTY, sampling.rawFrequencyPenalty);
  writeRawAt(json, PRESENCE_PENALTY, sampling.rawPresencePenalty);
  if (request.stop.length) {
    json.key(STOP).beginArray();
    for (let i = 0; i < request.stop.length; ++i) writeContent(json, request.stop[i]);
    json.endArray();
  }
  writeExtras(json, request, EXTRA_OPTIONS);
  json.endObject();
}

function dropOthers(request: ChatRequest): void {
  const dropped = request.dropped;
  if (request.choices != 1) dropped.add(N);
  dropped.addIf(LOGIT_BIAS, request.sampling.rawLogitBias);
  dropped.addIf(names.SERVICE_TIER, request.serviceTier);
  dropped.addIf(names.USER, request.user);
  dropped.addIf(names.METADATA, request.rawMetadata);
  dropOtherExtras(request, EXTRAS.concat(EXTRA_OPTIONS));
}
