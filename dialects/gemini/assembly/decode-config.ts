// `generationConfig` → hub: sampling, limits, thinking and the form of the answer.
// https://ai.google.dev/api/generate-content#generationconfig
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra, OutputKind, Reasoning, ReasoningMode } from "../../hub/assembly/chat-request";
import { contentOf } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { firstItem, integerOf, lowerText, nextItem, numberOf } from "./member";
import * as own from "./names";
import { toJsonSchema } from "./schema";

const BUDGET_AUTO: i64 = -1;
const LEVEL_PREFIX = Slice.of("thinking_level_");
const LEVEL_UNSPECIFIED = Slice.of("unspecified");

/** Reads the configuration. Members that the hub has no place for are extras, named with what they stand in. */
export function decodeConfig(tape: JsonTape, request: ChatRequest): void {
  const config = own.GENERATION_CONFIG.find(tape, tape.root);
  if (tape.kind(config) != JsonKind.Object) return;
  for (let member = tape.first(config); member >= 0; member = tape.next(member)) {
    if (tape.kind(member) == JsonKind.Null) continue;
    if (takeSampling(tape, member, request) || takeLimit(tape, member, request)) continue;
    if (takeOutput(tape, member, request)) continue;
    if (own.THINKING_CONFIG.isKeyOf(tape, member)) decodeThinking(tape, member, request.reasoning);
    else {
      const name = new Writer().bytes(own.CONFIG_PREFIX).bytes(tape.keyText(member)).take();
      request.extras.push(new Extra(own.NAME_OF_DIALECT, name, tape.raw(member)));
    }
  }
}

function takeSampling(tape: JsonTape, node: i32, request: ChatRequest): bool {
  const sampling = request.sampling;
  if (tape.keyEquals(node, names.TEMPERATURE)) sampling.rawTemperature = numberOf(tape, node);
  else if (own.TOP_P.isKeyOf(tape, node)) sampling.rawTopP = numberOf(tape, node);
  else if (own.TOP_K.isKeyOf(tape, node)) sampling.rawTopK = numberOf(tape, node);
  else if (tape.keyEquals(node, own.SEED)) sampling.rawSeed = numberOf(tape, node);
  else if (own.FREQUENCY_PENALTY.isKeyOf(tape, node)) sampling.rawFrequencyPenalty = numberOf(tape, node);
  else if (own.PRESENCE_PENALTY.isKeyOf(tape, node)) sampling.rawPresencePenalty = numberOf(tape, node);
  else if (own.RESPONSE_LOGPROBS.isKeyOf(tape, node)) {
    if (tape.isTrue(node)) sampling.rawLogprobs = names.TRUE;
  } else if (tape.keyEquals(node, names.LOGPROBS)) sampling.rawTopLogprobs = numberOf(tape, node);
  else return false;
  return true;
}

function takeLimit(tape: JsonTape, node: i32, request: ChatRequest): bool {
  if (own.MAX_OUTPUT_TOKENS.isKeyOf(tape, node)) request.maxTokens = integerOf(tape, node, -1);
  else if (own.CANDIDATE_COUNT.isKeyOf(tape, node)) request.choices = integerOf(tape, node, 1);
  else if (own.STOP_SEQUENCES.isKeyOf(tape, node)) {
    for (let item = firstItem(tape, node); item >= 0; item = nextItem(tape, node, item)) {
      request.stop.push(contentOf(tape, item));
    }
  } else return false;
  return true;
}

/** `responseMimeType` with a schema beside it, in one form or the other. Types other than JSON are extras. */
function takeOutput(tape: JsonTape, node: i32, request: ChatRequest): bool {
  const output = request.output;
  if (own.RESPONSE_MIME_TYPE.isKeyOf(tape, node)) {
    if (!tape.equals(node, own.APPLICATION_JSON)) return false;
    if (output.kind == OutputKind.Text) output.kind = OutputKind.JsonObject;
  } else if (own.RESPONSE_JSON_SCHEMA.isKeyOf(tape, node)) {
    output.kind = OutputKind.JsonSchema;
    output.rawSchema = tape.raw(node);
  } else if (own.RESPONSE_SCHEMA.isKeyOf(tape, node) && tape.kind(node) == JsonKind.Object) {
    output.kind = OutputKind.JsonSchema;
    output.rawSchema = toJsonSchema(tape, node, request.dropped);
  } else return false;
  return true;
}

/** A budget of 0 switches thinking off, −1 leaves it to the model; a level is an effort. */
function decodeThinking(tape: JsonTape, node: i32, reasoning: Reasoning): void {
  const budget = own.THINKING_BUDGET.find(tape, node);
  const tokens = integerOf(tape, budget, BUDGET_AUTO);
  const effort = effortOf(tape.text(own.THINKING_LEVEL.find(tape, node)));
  const shown = own.INCLUDE_THOUGHTS.find(tape, node);
  if (tape.kind(shown) == JsonKind.False) reasoning.display = own.OMITTED;
  if (tape.isTrue(shown)) reasoning.display = own.SUMMARIZED;
  reasoning.effort = effort;
  if (effort.length) reasoning.mode = ReasoningMode.On;
  else if (tokens == 0) reasoning.mode = ReasoningMode.Off;
  else if (tokens > 0) {
    reasoning.mode = ReasoningMode.On;
    reasoning.budgetTokens = tokens;
  } else if (budget >= 0 || tape.isTrue(shown)) reasoning.mode = ReasoningMode.Adaptive;
}

function effortOf(level: Slice): Slice {
  const name = lowerText(level);
  const effort = name.startsWith(LEVEL_PREFIX) ? name.slice(LEVEL_PREFIX.length) : name;
  return isWord(effort) && !effort.equals(LEVEL_UNSPECIFIED) ? effort : Slice.empty();
}

/** An effort becomes JSON content: nothing but letters is taken. */
function isWord(text: Slice): bool {
  for (let i = 0; i < text.length; ++i) if (<u32>text.at(i) - 0x61 >= 26) return false;
  return true;
}
