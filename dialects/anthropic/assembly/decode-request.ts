// A messages request → hub. https://platform.claude.com/docs/en/api/messages
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra, OutputKind, ReasoningMode } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, rawAt } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { decodeContent } from "./decode-part";
import { decodeToolChoice, decodeTools } from "./decode-tools";
import * as own from "./names";

// What is read below. Other members are extras.
const KNOWN: Slice[] = [
  names.MODEL,
  names.MESSAGES,
  names.SYSTEM,
  names.MAX_TOKENS,
  names.TOOLS,
  names.TOOL_CHOICE,
  names.STREAM,
  names.METADATA,
  names.SERVICE_TIER,
  names.TEMPERATURE,
  names.TOP_P,
  names.TOP_K,
  own.STOP_SEQUENCES,
  own.THINKING,
  own.OUTPUT_CONFIG,
  own.OUTPUT_FORMAT,
];
const UNKNOWN_ROLE = "A message's role must be user, assistant or system";
const NO_THREADS = "This provider keeps no threads: send the whole history in messages";

/** Reads the request. */
export function decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
  const root = tape.root;
  if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
  const thread = tape.find(root, own.THREAD);
  if (tape.kind(thread) == JsonKind.Object) return new Fault(FaultCode.Unsupported, tape.start(thread), NO_THREADS);
  request.model = contentAt(tape, root, names.MODEL);
  request.serviceTier = contentAt(tape, root, names.SERVICE_TIER);
  request.user = contentAt(tape, tape.find(root, names.METADATA), own.USER_ID);
  request.isStream = tape.isTrue(tape.find(root, names.STREAM));
  request.includeUsage = true;
  decodeSampling(tape, request);
  decodeReasoning(tape, tape.find(root, own.THINKING), request);
  decodeOutput(tape, request);
  decodeTools(tape, request);
  decodeToolChoice(tape, request.toolChoice);
  decodeExtras(tape, request);
  return decodeMessages(tape, request);
}

function decodeSampling(tape: JsonTape, request: ChatRequest): void {
  const root = tape.root;
  const limit = tape.find(root, names.MAX_TOKENS);
  if (tape.kind(limit) == JsonKind.Number) request.maxTokens = tape.integer(limit);
  request.sampling.rawTemperature = rawAt(tape, root, names.TEMPERATURE);
  request.sampling.rawTopP = rawAt(tape, root, names.TOP_P);
  request.sampling.rawTopK = rawAt(tape, root, names.TOP_K);
  const stop = tape.find(root, own.STOP_SEQUENCES);
  if (tape.kind(stop) != JsonKind.Array) return;
  for (let item = tape.first(stop); item >= 0; item = tape.next(item)) request.stop.push(contentOf(tape, item));
}

/** `thinking`: disabled, enabled with a budget, or adaptive; the effort stands in `output_config`. */
function decodeReasoning(tape: JsonTape, node: i32, request: ChatRequest): void {
  const reasoning = request.reasoning;
  const type = tape.text(tape.find(node, names.TYPE));
  if (type.equals(own.ENABLED)) reasoning.mode = ReasoningMode.On;
  else if (type.equals(own.ADAPTIVE)) reasoning.mode = ReasoningMode.Adaptive;
  else if (type.equals(own.DISABLED)) reasoning.mode = ReasoningMode.Off;
  const budget = tape.find(node, own.BUDGET_TOKENS);
  if (tape.kind(budget) == JsonKind.Number) reasoning.budgetTokens = tape.integer(budget);
  reasoning.display = contentAt(tape, node, own.DISPLAY);
  reasoning.effort = contentAt(tape, tape.find(tape.root, own.OUTPUT_CONFIG), own.EFFORT);
}

/** `output_config.format`; `output_format` is its older place. */
function decodeOutput(tape: JsonTape, request: ChatRequest): void {
  let format = tape.find(tape.find(tape.root, own.OUTPUT_CONFIG), names.FORMAT);
  if (tape.kind(format) != JsonKind.Object) format = tape.find(tape.root, own.OUTPUT_FORMAT);
  if (!tape.equals(tape.find(format, names.TYPE), names.JSON_SCHEMA)) return;
  request.output.kind = OutputKind.JsonSchema;
  request.output.rawSchema = rawAt(tape, format, names.SCHEMA);
}

function decodeExtras(tape: JsonTape, request: ChatRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    request.extras.push(new Extra(own.NAME_OF_DIALECT, key, tape.raw(member)));
  }
}

/** The system prompt becomes the first message. */
function decodeMessages(tape: JsonTape, request: ChatRequest): Fault | null {
  const system = new Message(Role.System);
  decodeContent(tape, tape.find(tape.root, names.SYSTEM), system.parts);
  if (system.parts.length) request.messages.push(system);
  const list = tape.find(tape.root, names.MESSAGES);
  if (tape.kind(list) != JsonKind.Array) {
    return new Fault(FaultCode.Missing, max(tape.start(list), 0), "The messages parameter must be a list");
  }
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const role = roleOf(tape, tape.find(node, names.ROLE));
    if (role < 0) return new Fault(FaultCode.InvalidFormat, tape.start(node), UNKNOWN_ROLE);
    const message = new Message(<Role>role);
    decodeContent(tape, tape.find(node, names.CONTENT), message.parts);
    request.messages.push(message);
  }
  return null;
}

function roleOf(tape: JsonTape, role: i32): i32 {
  if (tape.equals(role, names.USER)) return Role.User;
  if (tape.equals(role, names.ASSISTANT)) return Role.Assistant;
  return tape.equals(role, names.SYSTEM) ? Role.System : -1;
}
