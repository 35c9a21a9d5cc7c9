// What a client carries between the rounds of one request, so that the gateway need not remember it: the answers so
// far, and a seal by which nobody changes them, or brings them along with another request.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/utilities/mrtr
import {
  decodeBase64Url,
  encodeBase64Url,
  equalBytes,
  hmacSha256,
  JsonTape,
  JsonWriter,
  nowMs,
  Slice,
  Writer,
} from "@weir/sdk/assembly";

/** So long may somebody think about a question. */
const LIFETIME_MS: i64 = 30 * 60 * 1000;
const DOT: u8 = 0x2e;
const EXPIRES = Slice.of("x");
const ANSWERS = Slice.of("a");

/** The state with these answers, a JSON object, of the request that `binding` stands for. */
export function sealState(key: Slice, answers: Slice, binding: Slice): Slice {
  const json = new JsonWriter(new Writer(answers.length + 64)).beginObject();
  json
    .key(EXPIRES)
    .integer(<i64>nowMs() + LIFETIME_MS)
    .key(ANSWERS)
    .raw(answers);
  const text = encodeBase64Url(json.endObject().output.take());
  const seal = encodeBase64Url(sealOf(key, text, binding));
  return new Writer(text.length + 64).bytes(text).byte(DOT).bytes(seal).take();
}

/** The answers in a state; null where it is none of ours, of another request, or too old. */
export function openState(key: Slice, state: Slice, binding: Slice): Slice | null {
  const dot = state.lastIndexOf(DOT);
  if (dot < 0) return null;
  const text = state.slice(0, dot);
  const seal = decodeBase64Url(state.slice(dot + 1));
  if (!seal || !equalBytes(seal, sealOf(key, text, binding))) return null;
  const json = decodeBase64Url(text);
  const tape = new JsonTape();
  if (!json || tape.scan(json)) return null;
  if (tape.integer(tape.find(tape.root, EXPIRES)) < <i64>nowMs()) return null;
  return tape.raw(tape.find(tape.root, ANSWERS));
}

function sealOf(key: Slice, text: Slice, binding: Slice): Slice {
  return hmacSha256(key, new Writer().bytes(text).byte(DOT).bytes(binding).take());
}
