// A provider's error in OpenAI's envelope. One that has this shape already stays byte for byte, but for the provider's
// own credential, which is struck out wherever a provider repeats it.
//   {"error":{"message":…}}                       OpenAI and most others: left alone; Google may put it into a list
//   {"error":"…"}                                 Ollama, TEI
//   {"message":…,"type":…,"code":…}               Mistral, Cohere, DashScope, older vLLM
//   {"detail":"…"}, {"detail":[{"msg","loc"}]}    FastAPI: Jina, Mistral, vLLM
//   {"errors":[{"message":…}]}                    Cloudflare
//   {"error_msg":…,"error_code":…}                Baidu
//   {"base_resp":{"status_code","status_msg"}}    MiniMax
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { errorBody, errorType } from "@weir/dialects/openai/assembly/error";

/** As much of a text that is not JSON as a message repeats. */
const textBytesMax: i32 = 1000;

const ERROR = Slice.of("error");
const ERRORS = Slice.of("errors");
const MESSAGE = Slice.of("message");
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
const CODES: StaticArray<Slice> = [Slice.of("code"), Slice.of("error_code"), Slice.of("status_code")];
const TYPES: StaticArray<Slice> = [Slice.of("type")];
const PARAMS: StaticArray<Slice> = [Slice.of("param")];
const TITLE_OPEN = Slice.of("<title>");
const TITLE_CLOSE = Slice.of("</title>");
const MARKUP: u8 = 0x3c;

/** What a foreign error says. */
@final
class ForeignError {
  message: Slice = Slice.empty();
  code: Slice = Slice.empty();
  type: Slice = Slice.empty();
  param: Slice = Slice.empty();
}

/** The body for the client: `body` itself where it is in OpenAI's envelope already. */
export function toOpenAiError(tape: JsonTape, status: u32, body: Slice): Slice {
  const error = new ForeignError();
  if (body.length && !tape.scan(body)) {
    const root = tape.kind(tape.root) == JsonKind.Array ? tape.first(tape.root) : tape.root;
    if (isEnvelope(tape, root)) return root == tape.root ? body : tape.raw(root);
    readJson(tape, root, error);
  } else {
    error.message = readText(body);
  }
  const message = error.message.length
    ? error.message
    : Slice.of("The provider answered with status " + status.toString());
  const type = error.type.length ? error.type.toText() : errorType(status);
  return errorBody(message, type, error.code, error.param);
}

function isEnvelope(tape: JsonTape, root: i32): bool {
  const error = tape.find(root, ERROR);
  return tape.kind(error) == JsonKind.Object && tape.kind(tape.find(error, MESSAGE)) == JsonKind.String;
}

function readJson(tape: JsonTape, root: i32, error: ForeignError): void {
  const inner = tape.find(root, ERROR);
  if (tape.kind(root) == JsonKind.String) error.message = tape.text(root);
  else if (tape.kind(inner) == JsonKind.Object) readMembers(tape, inner, error);
  else if (tape.kind(inner) == JsonKind.String) error.message = tape.text(inner);
  readMembers(tape, root, error);
  readMembers(tape, firstOf(tape, tape.find(root, ERRORS)), error);
  readMembers(tape, firstOf(tape, tape.find(root, DETAIL)), error);
  readMembers(tape, tape.find(root, BASE_RESPONSE), error);
}

function firstOf(tape: JsonTape, node: i32): i32 {
  return tape.kind(node) == JsonKind.Array ? tape.first(node) : node;
}

/** Takes what is not known yet. */
function readMembers(tape: JsonTape, object: i32, error: ForeignError): void {
  if (!error.message.length) error.message = firstText(tape, object, MESSAGES);
  if (!error.code.length) error.code = firstText(tape, object, CODES);
  if (!error.type.length) error.type = firstText(tape, object, TYPES);
  if (!error.param.length) error.param = firstText(tape, object, PARAMS);
}

/** The first of some members that is a text or, as codes are, a number. */
function firstText(tape: JsonTape, object: i32, keys: StaticArray<Slice>): Slice {
  for (let i = 0; i < keys.length; ++i) {
    const text = textOf(tape, tape.find(object, keys[i]));
    if (text.length) return text;
  }
  return Slice.empty();
}

function textOf(tape: JsonTape, node: i32): Slice {
  return tape.kind(node) == JsonKind.Number ? tape.raw(node) : tape.text(node);
}

/** A page's title, or the beginning of a plain text. */
function readText(body: Slice): Slice {
  const text = trimBlank(body);
  if (text.at(0) != MARKUP) return text.slice(0, textBytesMax);
  const open = text.find(TITLE_OPEN);
  const close = text.find(TITLE_CLOSE);
  return open < 0 || close < open ? Slice.empty() : trimBlank(text.slice(open + TITLE_OPEN.length, close));
}

function trimBlank(text: Slice): Slice {
  let from = 0;
  let to = text.length;
  while (from < to && text.at(from) <= 0x20) ++from;
  while (to > from && text.at(to - 1) <= 0x20) --to;
  return text.slice(from, to);
}

const STRUCK_OUT = Slice.of("***");

/** `body` with each of `secrets` struck out; itself where none stands in it. */
export function strikeOut(body: Slice, secrets: Slice[]): Slice {
  let result = body;
  for (let i = 0; i < secrets.length; ++i) {
    if (result.find(secrets[i]) >= 0) result = replaceAll(result, secrets[i]);
  }
  return result;
}

function replaceAll(text: Slice, secret: Slice): Slice {
  const writer = new Writer(text.length);
  let from = 0;
  for (let at = text.find(secret); at >= 0; at = text.find(secret, from)) {
    writer.bytes(text.slice(from, at)).bytes(STRUCK_OUT);
    from = at + secret.length;
  }
  return writer.bytes(text.slice(from)).take();
}
