// A chat completions request → hub. Messages are decode-message.ts's, tools decode-tools.ts's.
// https://platform.openai.com/docs/api-reference/chat/create
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { decodeMessages } from "./decode-message";
import { decodeToolChoice, decodeTools } from "./decode-tools";
import * as own from "./names";

// What is read below. Other members are extras.
const KNOWN: Slice[] = [
  names.MODEL,
  names.MESSAGES,
  names.TOOLS,
  names.TOOL_CHOICE,
  own.FUNCTIONS,
  own.FUNCTION_CALL,
  own.PARALLEL_TOOL_CALLS,
  names.MAX_TOKENS,
  own.MAX_COMPLETION_TOKENS,
  own.N,
  own.STOP,
  names.STREAM,
  own.STREAM_OPTIONS,
  names.SERVICE_TIER,
  names.USER,
  names.METADATA,
  own.RESPONSE_FORMAT,
  own.REASONING_EFFORT,
  names.TEMPERATURE,
  names.TOP_P,
  names.TOP_K,
  own.SEED,
  own.FREQUENCY_PENALTY,
  own.PRESENCE_PENALTY,
  own.LOGIT_BIAS,
  names.LOGPROBS,
  own.TOP_LOGPROBS,
];

/** Reads the request. */
export function decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
  const root = tape.root;
  if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
  request.model = contentAt(tape, root, names.MODEL);
  request.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  request.user = contentAt(tape, root, names.USER);
  request.rawMetadata = rawAt(tape, root, names.METADATA);
  decodeLimits(tape, request);
  decodeSampling(tape, request);
  decodeOutput(tape, tape.find(root, own.RESPONSE_FORMAT), request);
  decodeReasoning(tape, request);
  decodeTools(tape, request);
  decodeToolChoice(tape, request);
  decodeExtras(tape, request);
  return decodeMessages(tape, request);
}

/** Reads limits, choices, stop sequences and streaming; older completions have them too. */
export function decodeLimits(tape: JsonTape, request: ChatRequest): void {
  const root = tape.root;
  const newer = tape.find(root, own.MAX_COMPLETION_TOKENS);
  const limit = tape.kind(newer) == JsonKind.Number ? newer : tape.find(root, names.MAX_TOKENS);
  if (tape.kind(limit) == JsonKind.Number) request.maxTokens = tape.integer(limit);
  const choices = tape.find(root, own.N);
  if (tape.kind(choices) == JsonKind.Number) request.choices = tape.integer(choices);
  request.isStream = tape.isTrue(tape.find(root, names.STREAM));
  request.includeUsage = tape.isTrue(tape.find(tape.find(root, own.STREAM_OPTIONS), own.INCLUDE_USAGE));
  decodeStop(tape, tape.find(root, own.STOP), request.stop);
}

function decodeStop(tape: JsonTape, node: i32, stop: Slice[]): void {
  if (tape.kind(node) == JsonKind.String) stop.push(contentOf(tape, node));
  for (let item = firstOfList(tape, node); item >= 0; item = tape.next(item)) stop.push(contentOf(tape, item));
}

function firstOfList(tape: JsonTape, node: i32): i32 {
  return tape.kind(node) == JsonKind.Array ? tape.first(node) : -1;
}

/** Reads what steers sampling; older completions have it too. */
export function decodeSampling(tape: JsonTape, request: ChatRequest): void {
  const sampling = request.sampling;
  const root = tape.root;
  sampling.rawTemperature = rawAt(tape, root, names.TEMPERATURE);
  sampling.rawTopP = rawAt(tape, root, names.TOP_P);
  sampling.rawTopK = rawAt(tape, root, names.TOP_K);
  sampling.rawSeed = rawAt(tape, root, own.SEED);
  sampling.rawFrequencyPenalty = rawAt(tape, root, own.FREQUENCY_PENALTY);
  sampling.rawPresencePenalty = rawAt(tape, root, own.PRESENCE_PENALTY);
  sampling.rawLogitBias = rawAt(tape, root, own.LOGIT_BIAS);
  sampling.rawLogprobs = rawAt(tape, root, names.LOGPROBS);
  sampling.rawTopLogprobs = rawAt(tape, root, own.TOP_LOGPROBS);
}

/** `response_format`: text, json_object, or json_schema with name, schema and strict. */
function decodeOutput(tape: JsonTape, node: i32, request: ChatRequest): void {
  const output = request.output;
  const type = tape.find(node, names.TYPE);
  if (tape.equals(type, own.JSON_OBJECT)) output.kind = OutputKind.JsonObject;
  if (!tape.equals(type, names.JSON_SCHEMA)) return;
  const schema = tape.find(node, names.JSON_SCHEMA);
  output.kind = OutputKind.JsonSchema;
  output.name = contentAt(tape, schema, names.NAME);
  output.description = contentAt(tape, schema, names.DESCRIPTION);
  output.rawSchema = rawAt(tape, schema, names.SCHEMA);
  output.rawStrict = rawAt(tape, schema, names.STRICT);
}

function decodeReasoning(tape: JsonTape, request: ChatRequest): void {
  const effort = contentAt(tape, tape.root, own.REASONING_EFFORT);
  if (!effort.length) return;
  request.reasoning.effort = effort;
  request.reasoning.mode = effort.equals(names.NONE) ? ReasoningMode.Off : ReasoningMode.On;
}

function decodeExtras(tape: JsonTape, request: ChatRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    request.extras.push(new Extra(own.NAME_OF_DIALECT, key, tape.raw(member)));
  }
}
