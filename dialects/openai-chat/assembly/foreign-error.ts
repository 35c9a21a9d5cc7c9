// What compatible providers answer in place of OpenAI's error envelope.
//   [{"error":{…}}]                               Google puts it into a list
//   {"error":"…"}                                 Ollama, TEI
//   {"message":…,"type":…,"code":…}               Mistral, Cohere, DashScope, older vLLM
//   {"detail":"…"}, {"detail":[{"msg","loc"}]}    FastAPI: Jina, Mistral, vLLM
//   {"errors":[{"message":…}]}                    Cloudflare
//   {"error_msg":…,"error_code":…}                Baidu
//   {"base_resp":{"status_code","status_msg"}}    MiniMax
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import { contentOf } from "../../hub/assembly/content";
import { CODE, ERROR, MESSAGE, TYPE } from "../../hub/assembly/names";

const ERRORS = Slice.of("errors");
const DETAIL = Slice.of("detail");
const BASE_RESPONSE = Slice.of("base_resp");
const MESSAGES: StaticArray<Slice> = [
  MESSAGE,
  DETAIL,
  Slice.of("error_msg"),
  Slice.of("status_msg"),
  Slice.of("msg"),
  Slice.of("error_description"),
];
const CODES: StaticArray<Slice> = [CODE, Slice.of("error_code"), Slice.of("status_code")];
const PARAM = Slice.of("param");

/** Takes message, code and parameter out of whichever of these shapes it is, and returns the error's type. */
export function readForeignError(tape: JsonTape, error: ChatError): Slice {
  const root = firstOf(tape, tape.root);
  if (tape.kind(root) == JsonKind.String) error.message = contentOf(tape, root);
  const inner = tape.find(root, ERROR);
  if (tape.kind(inner) == JsonKind.String) error.message = contentOf(tape, inner);
  readMembers(tape, inner, error);
  readMembers(tape, root, error);
  readMembers(tape, firstOf(tape, tape.find(root, ERRORS)), error);
  readMembers(tape, firstOf(tape, tape.find(root, DETAIL)), error);
  readMembers(tape, tape.find(root, BASE_RESPONSE), error);
  const type = tape.find(inner, TYPE);
  return tape.text(type >= 0 ? type : tape.find(root, TYPE));
}

function firstOf(tape: JsonTape, node: i32): i32 {
  return tape.kind(node) == JsonKind.Array ? tape.first(node) : node;
}

/** Takes what is not known yet. */
function readMembers(tape: JsonTape, object: i32, error: ChatError): void {
  if (!error.message.length) error.message = firstText(tape, object, MESSAGES);
  if (!error.code.length) error.code = firstText(tape, object, CODES);
  if (!error.param.length) error.param = contentOf(tape, tape.find(object, PARAM));
}

/** The first of some members that is a text or, as codes are, a number. */
function firstText(tape: JsonTape, object: i32, keys: StaticArray<Slice>): Slice {
  for (let i = 0; i < keys.length; ++i) {
    const node = tape.find(object, keys[i]);
    const text = tape.kind(node) == JsonKind.Number ? tape.raw(node) : contentOf(tape, node);
    if (text.length) return text;
  }
  return Slice.empty();
}
