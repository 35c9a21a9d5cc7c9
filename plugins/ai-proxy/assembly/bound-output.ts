// How long an answer may be, told to a provider that speaks the client's dialect: a limit's bound in the place of a
// higher one, and where the client has named none.
//   OpenAI: max_completion_tokens, max_tokens; responses: max_output_tokens · Anthropic: max_tokens
//   Gemini: generationConfig.maxOutputTokens
import { JsonEdit, JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { MAX_TOKENS } from "@weir/dialects/hub/assembly/names";
import { Family, Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { Exchange } from "./exchange";

const MAX_COMPLETION_TOKENS = Slice.of("max_completion_tokens");
const MAX_OUTPUT_TOKENS = Slice.of("max_output_tokens");
const CHAT = Slice.of("chat/completions");
const RESPONSES = Slice.of("responses");
const THINKING = Slice.of("thinking");
const BUDGET = Slice.of("budget_tokens");
/** The least that Anthropic takes. */
const BUDGET_MIN: i64 = 1024;
const CONFIG = Slice.of("generationConfig");
const CONFIG_PROTO = Slice.of("generation_config");
const GEMINI_MAX = Slice.of("maxOutputTokens");

/** Puts the exchange's bound into its changes. */
export function boundOutput(exchange: Exchange): void {
  const wanted = exchange.wanted;
  const surface = wanted.surface;
  if (surface.purpose != Purpose.Chat || wanted.rest.length) return;
  const bound = exchange.outputTokensMax;
  const tape = exchange.scratch.request;
  const changes = exchange.scratch.changes;
  if (surface.family == Family.Gemini) return boundConfig(exchange);
  if (surface.family == Family.Anthropic) boundThinking(exchange);
  if (surface.name.equals(RESPONSES)) return setBound(tape, changes, MAX_OUTPUT_TOKENS, bound);
  if (!surface.name.equals(CHAT)) return setBound(tape, changes, MAX_TOKENS, bound);
  // The older name, if the request has it, or if it is the one that the provider knows.
  const usesOld = isThere(tape, MAX_TOKENS) || exchange.target.encode.usesMaxTokens;
  if (usesOld) setBound(tape, changes, MAX_TOKENS, bound);
  if (!usesOld || isThere(tape, MAX_COMPLETION_TOKENS)) setBound(tape, changes, MAX_COMPLETION_TOKENS, bound);
}

function isThere(tape: JsonTape, name: Slice): bool {
  return tape.kind(tape.find(tape.root, name)) == JsonKind.Number;
}

/** What is neither a number nor absent is left for the provider to refuse. */
function setBound(tape: JsonTape, changes: JsonEdit, name: Slice, bound: i64): void {
  const node = tape.find(tape.root, name);
  const kind = tape.kind(node);
  if (kind == JsonKind.Number && tape.integer(node) <= bound) return;
  if (kind != JsonKind.Number && kind != JsonKind.Null && kind != JsonKind.Missing) return;
  changes.set(tape.root, name, decimal(bound));
}

/** A thought longer than the answer may be is refused by the provider; one that cannot be short enough is left out. */
function boundThinking(exchange: Exchange): void {
  const tape = exchange.scratch.request;
  const thinking = tape.find(tape.root, THINKING);
  const inner = exchange.scratch.tape;
  const bound = exchange.outputTokensMax;
  if (thinking < 0 || inner.scan(tape.raw(thinking))) return;
  const budget = inner.find(inner.root, BUDGET);
  if (inner.kind(budget) != JsonKind.Number || inner.integer(budget) < bound) return;
  const changes = exchange.scratch.changes;
  if (bound <= BUDGET_MIN) return changes.remove(tape.root, THINKING);
  const shorter = new JsonEdit(inner);
  shorter.set(inner.root, BUDGET, decimal(bound - 1));
  changes.set(tape.root, THINKING, shorter.apply());
}

function boundConfig(exchange: Exchange): void {
  const tape = exchange.scratch.request;
  const inner = exchange.scratch.tape;
  const name = tape.find(tape.root, CONFIG_PROTO) >= 0 ? CONFIG_PROTO : CONFIG;
  const config = tape.find(tape.root, name);
  const isOpen = tape.kind(config) != JsonKind.Object;
  if (inner.scan(isOpen ? EMPTY : tape.raw(config))) return;
  const changes = new JsonEdit(inner);
  const own = inner.find(inner.root, MAX_OUTPUT_TOKENS) >= 0 ? MAX_OUTPUT_TOKENS : GEMINI_MAX;
  setBound(inner, changes, own, exchange.outputTokensMax);
  if (!changes.isEmpty) exchange.scratch.changes.set(tape.root, name, changes.apply());
}

const EMPTY = Slice.of("{}");

function decimal(value: i64): Slice {
  return new Writer().integer(value).take();
}
