// What an answer repeats of its request, as clients of this API expect it. A stream under way holds it until its end,
// so large members are not repeated: their place holds what stands for none.
// https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { rawAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import * as own from "./names";

const MEMBER_BYTES_MAX: i32 = 1024;
const NOTHING = Slice.of("null");
const EMPTY_LIST = Slice.of("[]");
const AUTO = Slice.of('"auto"');
const MAX_TOOL_CALLS = Slice.of("max_tool_calls");
const PROMPT_CACHE_KEY = Slice.of("prompt_cache_key");
const TRUNCATION = Slice.of("truncation");

@final
class Member {
  constructor(
    readonly key: Slice,
    /** Its value where the request has none; empty where the member is left out then. */
    readonly otherwise: Slice,
  ) {}
}

const MEMBERS: Member[] = [
  new Member(own.INSTRUCTIONS, NOTHING),
  new Member(own.MAX_OUTPUT_TOKENS, NOTHING),
  new Member(MAX_TOOL_CALLS, Slice.empty()),
  new Member(names.METADATA, names.EMPTY_OBJECT),
  new Member(own.PARALLEL_TOOL_CALLS, names.TRUE),
  new Member(PROMPT_CACHE_KEY, Slice.empty()),
  new Member(own.REASONING, Slice.empty()),
  new Member(own.SAFETY_IDENTIFIER, Slice.empty()),
  new Member(names.TEMPERATURE, NOTHING),
  new Member(names.TEXT, Slice.empty()),
  new Member(names.TOOL_CHOICE, AUTO),
  new Member(names.TOOLS, EMPTY_LIST),
  new Member(own.TOP_LOGPROBS, Slice.empty()),
  new Member(names.TOP_P, NOTHING),
  new Member(TRUNCATION, Slice.empty()),
  new Member(names.USER, Slice.empty()),
];

/** The members to repeat, as they stand between an object's braces. */
export function echoOf(tape: JsonTape): Slice {
  const writer = new Writer(512);
  const json = new JsonWriter(writer);
  for (let i = 0; i < MEMBERS.length; ++i) {
    const raw = rawAt(tape, tape.root, MEMBERS[i].key);
    const isRepeated = raw.length > 0 && raw.length <= MEMBER_BYTES_MAX;
    writeRawAt(json, MEMBERS[i].key, isRepeated ? raw : MEMBERS[i].otherwise);
  }
  return writer.take();
}

/** Writes them, or what stands for a request that said nothing. */
export function writeEcho(json: JsonWriter, rawEcho: Slice): void {
  if (rawEcho.length) {
    json.raw(rawEcho);
    return;
  }
  for (let i = 0; i < MEMBERS.length; ++i) writeRawAt(json, MEMBERS[i].key, MEMBERS[i].otherwise);
}
