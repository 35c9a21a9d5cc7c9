// A completions request → hub. https://platform.openai.com/docs/api-reference/completions/create
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatRequest, Extra } from "../../hub/assembly/chat-request";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { Message, Role } from "../../hub/assembly/message";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { decodeLimits, decodeSampling } from "../../openai-chat/assembly/decode-request";
import * as chat from "../../openai-chat/assembly/names";
import * as own from "./names";

/** What the API gives where the client sets no limit. */
const MAX_TOKENS_DEFAULT: i64 = 16;
const NO_PROMPT = "The prompt parameter must be a string, or a list with one string";
const SEVERAL_PROMPTS = "This model answers one prompt a request: send each prompt in a request of its own";
const TOKENS = "This model does not take a prompt of token ids: send it as text";

// What is read below. Other members are extras.
const KNOWN: Slice[] = [
  names.MODEL,
  own.PROMPT,
  own.SUFFIX,
  own.ECHO,
  own.BEST_OF,
  names.MAX_TOKENS,
  chat.MAX_COMPLETION_TOKENS,
  chat.N,
  chat.STOP,
  names.STREAM,
  chat.STREAM_OPTIONS,
  names.USER,
  names.TEMPERATURE,
  names.TOP_P,
  names.TOP_K,
  chat.SEED,
  chat.FREQUENCY_PENALTY,
  chat.PRESENCE_PENALTY,
  chat.LOGIT_BIAS,
  names.LOGPROBS,
  chat.TOP_LOGPROBS,
];

/** Reads the request. */
export function decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
  const root = tape.root;
  if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
  request.model = contentAt(tape, root, names.MODEL);
  request.user = contentAt(tape, root, names.USER);
  decodeLimits(tape, request);
  if (request.maxTokens < 0) request.maxTokens = MAX_TOKENS_DEFAULT;
  decodeSampling(tape, request);
  decodeLogprobs(tape, request);
  dropOlder(tape, request);
  decodeExtras(tape, request);
  return decodePrompt(tape, request);
}

/** Here `logprobs` counts the alternatives to each token. */
function decodeLogprobs(tape: JsonTape, request: ChatRequest): void {
  const sampling = request.sampling;
  const node = tape.find(tape.root, names.LOGPROBS);
  if (tape.kind(node) == JsonKind.Number) {
    sampling.rawLogprobs = names.TRUE;
    sampling.rawTopLogprobs = tape.integer(node) > 0 ? tape.raw(node) : Slice.empty();
  }
}

/** What no chat has: text behind the gap, the prompt given back, the best of several. */
function dropOlder(tape: JsonTape, request: ChatRequest): void {
  const root = tape.root;
  request.dropped.addIf(own.SUFFIX, contentAt(tape, root, own.SUFFIX));
  if (tape.isTrue(tape.find(root, own.ECHO))) request.dropped.add(own.ECHO);
  if (tape.integer(tape.find(root, own.BEST_OF)) > request.choices) request.dropped.add(own.BEST_OF);
}

/** Compatible servers take the same further members for both kinds of completions, so they go on to those. */
function decodeExtras(tape: JsonTape, request: ChatRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    request.extras.push(new Extra(chat.NAME_OF_DIALECT, key, tape.raw(member)));
  }
}

/** A string, a list of strings, a list of token ids, or a list of such lists. */
function decodePrompt(tape: JsonTape, request: ChatRequest): Fault | null {
  let node = tape.find(tape.root, own.PROMPT);
  const at = max(tape.start(node), 0);
  if (tape.kind(node) == JsonKind.Array) {
    node = tape.first(node);
    const kind = tape.kind(node);
    if (kind == JsonKind.Number || kind == JsonKind.Array) return new Fault(FaultCode.Unsupported, at, TOKENS);
    if (tape.next(node) >= 0) return new Fault(FaultCode.Unsupported, at, SEVERAL_PROMPTS);
  }
  if (tape.kind(node) != JsonKind.String) return new Fault(FaultCode.Missing, at, NO_PROMPT);
  const message = new Message(Role.User);
  message.parts.push(Part.withText(PartKind.Text, contentOf(tape, node)));
  request.messages.push(message);
  return null;
}
