// A responses request → hub. Items are decode-item.ts's, tools decode-tools.ts's.
// https://platform.openai.com/docs/api-reference/responses/create
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { ItemReader } from "./decode-item";
import { decodeToolChoice, decodeTools } from "./decode-tools";
import { echoOf } from "./echo";
import * as own from "./names";
import { refuseKept } from "./refusal";

const BACKGROUND = Slice.of("background");
const GENERATE_SUMMARY = Slice.of("generate_summary");
// What is read below. Other members are extras.
const KNOWN: Slice[] = [
  names.MODEL,
  own.INPUT,
  own.INSTRUCTIONS,
  names.TOOLS,
  names.TOOL_CHOICE,
  own.PARALLEL_TOOL_CALLS,
  own.MAX_OUTPUT_TOKENS,
  names.STREAM,
  names.SERVICE_TIER,
  names.USER,
  own.SAFETY_IDENTIFIER,
  names.METADATA,
  names.TEXT,
  own.REASONING,
  names.TEMPERATURE,
  names.TOP_P,
  own.TOP_LOGPROBS,
  own.INCLUDE,
];
// Extras that ask for nothing where they are false: translated requests are neither stored nor left to run.
const OFF_BY_NATURE: Slice[] = [own.STORE, BACKGROUND];
const REASONING_KNOWN: Slice[] = [own.EFFORT, own.SUMMARY, GENERATE_SUMMARY];
const NO_INPUT = "The input parameter must be a text or a list of items";

/** Reads the request. */
export function decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
  const root = tape.root;
  if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
  const refused = refuseKept(tape);
  if (refused) return refused;
  request.model = contentAt(tape, root, names.MODEL);
  request.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  request.rawMetadata = rawAt(tape, root, names.METADATA);
  request.isStream = tape.isTrue(tape.find(root, names.STREAM));
  request.includeUsage = true;
  decodeUser(tape, request);
  decodeSampling(tape, request);
  decodeText(tape, tape.find(root, names.TEXT), request);
  decodeReasoning(tape, tape.find(root, own.REASONING), request);
  decodeInclude(tape, tape.find(root, own.INCLUDE), request);
  decodeTools(tape, request);
  decodeToolChoice(tape, request);
  decodeExtras(tape, request);
  request.rawEcho = echoOf(tape);
  return decodeInput(tape, request);
}

/** `user` and what replaces it say the same. */
function decodeUser(tape: JsonTape, request: ChatRequest): void {
  const newer = contentAt(tape, tape.root, own.SAFETY_IDENTIFIER);
  const older = contentAt(tape, tape.root, names.USER);
  request.user = older.length ? older : newer;
  if (older.length && newer.length)
    pushExtra(request, own.SAFETY_IDENTIFIER, rawAt(tape, tape.root, own.SAFETY_IDENTIFIER));
}

function pushExtra(request: ChatRequest, key: Slice, raw: Slice): void {
  request.extras.push(new Extra(own.NAME_OF_DIALECT, key, raw));
}

function decodeSampling(tape: JsonTape, request: ChatRequest): void {
  const root = tape.root;
  const limit = tape.find(root, own.MAX_OUTPUT_TOKENS);
  if (tape.kind(limit) == JsonKind.Number) request.maxTokens = tape.integer(limit);
  request.sampling.rawTemperature = rawAt(tape, root, names.TEMPERATURE);
  request.sampling.rawTopP = rawAt(tape, root, names.TOP_P);
  request.sampling.rawTopLogprobs = rawAt(tape, root, own.TOP_LOGPROBS);
  if (request.sampling.rawTopLogprobs.length) request.sampling.rawLogprobs = names.TRUE;
}

/** `text`: how it is bound, and how verbose it is. */
function decodeText(tape: JsonTape, node: i32, request: ChatRequest): void {
  const verbosity = rawAt(tape, node, own.VERBOSITY);
  if (verbosity.length) pushExtra(request, own.VERBOSITY, verbosity);
  const format = tape.find(node, names.FORMAT);
  const type = tape.find(format, names.TYPE);
  const output = request.output;
  if (tape.equals(type, own.JSON_OBJECT)) output.kind = OutputKind.JsonObject;
  if (!tape.equals(type, names.JSON_SCHEMA)) return;
  output.kind = OutputKind.JsonSchema;
  output.name = contentAt(tape, format, names.NAME);
  output.description = contentAt(tape, format, names.DESCRIPTION);
  output.rawSchema = rawAt(tape, format, names.SCHEMA);
  output.rawStrict = rawAt(tape, format, names.STRICT);
}

function decodeReasoning(tape: JsonTape, node: i32, request: ChatRequest): void {
  const reasoning = request.reasoning;
  if (tape.kind(node) != JsonKind.Object) return;
  reasoning.effort = contentAt(tape, node, own.EFFORT);
  if (reasoning.effort.length) {
    reasoning.mode = reasoning.effort.equals(names.NONE) ? ReasoningMode.Off : ReasoningMode.On;
  }
  const older = contentAt(tape, node, GENERATE_SUMMARY);
  const summary = contentAt(tape, node, own.SUMMARY);
  reasoning.display = summary.length ? summary : older;
  for (let member = tape.first(node); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, REASONING_KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    request.dropped.add(tape.keyText(member));
  }
}

/** `include`: two of its values mean something to everybody, others are about the provider's own tools. */
function decodeInclude(tape: JsonTape, node: i32, request: ChatRequest): void {
  if (tape.kind(node) != JsonKind.Array) return;
  let isKnown = true;
  for (let item = tape.first(node); item >= 0; item = tape.next(item)) {
    if (tape.equals(item, own.INCLUDE_LOGPROBS)) request.sampling.rawLogprobs = names.TRUE;
    else if (!tape.equals(item, own.INCLUDE_ENCRYPTED)) isKnown = false;
  }
  if (!isKnown) pushExtra(request, own.INCLUDE, tape.raw(node));
}

function decodeExtras(tape: JsonTape, request: ChatRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    if (tape.kind(member) == JsonKind.False && names.isOneOf(key, OFF_BY_NATURE)) continue;
    pushExtra(request, key, tape.raw(member));
  }
}

/** The instructions become the first message. */
function decodeInput(tape: JsonTape, request: ChatRequest): Fault | null {
  pushText(request, Role.System, contentAt(tape, tape.root, own.INSTRUCTIONS));
  const input = tape.find(tape.root, own.INPUT);
  if (tape.kind(input) == JsonKind.String) {
    pushText(request, Role.User, contentOf(tape, input));
    return null;
  }
  if (tape.kind(input) != JsonKind.Array) return new Fault(FaultCode.Missing, max(tape.start(input), 0), NO_INPUT);
  const reader = new ItemReader(tape, request);
  for (let node = tape.first(input); node >= 0; node = tape.next(node)) {
    const fault = reader.take(node);
    if (fault) return fault;
  }
  return null;
}

function pushText(request: ChatRequest, role: Role, text: Slice): void {
  if (!text.length) return;
  const message = new Message(role);
  message.parts.push(Part.withText(PartKind.Text, text));
  request.messages.push(message);
}
