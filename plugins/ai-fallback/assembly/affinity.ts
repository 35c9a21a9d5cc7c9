// What keeps requests together that are to be served by one target: a provider's cache of prompts, or a session.
import { HeaderList, JsonKind, JsonTape, Slice } from "@weir/sdk/assembly";
import { hashOf } from "./hash";
import { cookieOf } from "@weir/dialects/surfaces/assembly/request-value";

/** Where the key comes from. */
export const enum AffinityKind {
  None = 0,
  /** A header. */
  Header = 1,
  /** A cookie. */
  Cookie = 2,
  /** OpenAI's `prompt_cache_key`. */
  PromptCacheKey = 3,
  /** The conversation's id, or how it begins: its instructions and the first thing that the user says. */
  Conversation = 4,
}

const PROMPT_CACHE_KEY = Slice.of("prompt_cache_key");
const CONVERSATION = Slice.of("conversation");
const ROLE = Slice.of("role");
const SYSTEM_ROLES: StaticArray<Slice> = [Slice.of("system"), Slice.of("developer")];
/** Where APIs keep instructions that are no message, and where their messages. */
const INSTRUCTIONS: StaticArray<Slice> = [
  Slice.of("instructions"),
  Slice.of("system"),
  Slice.of("systemInstruction"),
  Slice.of("system_instruction"),
];
const MESSAGES: StaticArray<Slice> = [
  Slice.of("messages"),
  Slice.of("input"),
  Slice.of("contents"),
  Slice.of("prompt"),
];

const noKey: u64 = 0;

/** A route's affinity. */
@final
export class Affinity {
  constructor(
    readonly kind: AffinityKind = AffinityKind.None,
    /** The header's name, in lower case, or the cookie's. */
    readonly name: Slice = Slice.empty(),
  ) {}

  /** Whether the key is found in the body. */
  get needsBody(): bool {
    return this.kind >= AffinityKind.PromptCacheKey;
  }

  /** The key's hash; 0 where the request has none. `body` is scanned at least one level deep, empty without a body. */
  keyOf(headers: HeaderList, body: JsonTape): u64 {
    switch (this.kind) {
      case AffinityKind.Header:
        return hashOfValue(headers.get(this.name));
      case AffinityKind.Cookie:
        return hashOfValue(cookieOf(headers, this.name));
      case AffinityKind.PromptCacheKey:
        return hashOfValue(body.text(body.find(body.root, PROMPT_CACHE_KEY)));
      case AffinityKind.Conversation:
        return conversationKey(body);
      default:
        return noKey;
    }
  }
}

function hashOfValue(value: Slice | null): u64 {
  return value && value.length ? hashOf(value) : noKey;
}

function conversationKey(body: JsonTape): u64 {
  const conversation = body.find(body.root, CONVERSATION);
  const kind = body.kind(conversation);
  if (kind == JsonKind.String || kind == JsonKind.Object) return hashOf(body.raw(conversation));
  const messages = firstOf(body, MESSAGES);
  if (messages < 0) return noKey;
  const instructions = firstOf(body, INSTRUCTIONS);
  return hashOfBeginning(body.raw(messages), instructions < 0 ? hashOf(Slice.empty()) : hashOf(body.raw(instructions)));
}

function firstOf(body: JsonTape, names: StaticArray<Slice>): i32 {
  for (let i = 0; i < names.length; ++i) {
    const node = body.find(body.root, names[i]);
    if (node >= 0) return node;
  }
  return -1;
}

/** The messages up to the user's first one, which no later turn changes. */
function hashOfBeginning(messages: Slice, seed: u64): u64 {
  const tape = new JsonTape(2);
  if (tape.scan(messages) || tape.kind(tape.root) != JsonKind.Array) return hashOf(messages, seed);
  let hash = seed;
  for (let node = tape.first(tape.root); node >= 0; node = tape.next(node)) {
    hash = hashOf(tape.raw(node), hash);
    if (!isSystem(tape, tape.find(node, ROLE))) break;
  }
  return hash;
}

function isSystem(tape: JsonTape, role: i32): bool {
  for (let i = 0; i < SYSTEM_ROLES.length; ++i) if (tape.equals(role, SYSTEM_ROLES[i])) return true;
  return false;
}
