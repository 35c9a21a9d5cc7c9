// A provider's error as the client knows errors. One that has the right shape already stays byte for byte, but for the
// provider's own credential, which is struck out wherever a provider repeats it.
import { JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError, errorKindOf } from "@weir/dialects/hub/assembly/chat-error";
import { contentFrom } from "@weir/dialects/hub/assembly/content";
import { ERROR, MESSAGE } from "@weir/dialects/hub/assembly/names";
import { ProviderDialect } from "@weir/dialects/hub/assembly/provider-dialect";

/** As much of a text that is not JSON as a message repeats. */
const textBytesMax: i32 = 1000;

const TITLE_OPEN = Slice.of("<title>");
const TITLE_CLOSE = Slice.of("</title>");
const MARKUP: u8 = 0x3c;

/** `body` itself, or the one element of its list, where it is an error envelope; else null. */
export function envelopeOf(tape: JsonTape, body: Slice): Slice | null {
  if (!body.length || tape.scan(body)) return null;
  const root = tape.kind(tape.root) == JsonKind.Array ? tape.first(tape.root) : tape.root;
  const error = tape.find(root, ERROR);
  if (tape.kind(error) != JsonKind.Object || tape.kind(tape.find(error, MESSAGE)) != JsonKind.String) return null;
  return root == tape.root ? body : tape.raw(root);
}

/** What an answer with this status and body says; a body that is no JSON is taken for a text or a page. */
export function readError(dialect: ProviderDialect, tape: JsonTape, status: i32, body: Slice): ChatError {
  const error = new ChatError();
  if (body.length && !tape.scan(body)) {
    dialect.decodeError(tape, status, error);
    return error;
  }
  error.kind = errorKindOf(status);
  error.status = status;
  error.message = contentFrom(readText(body));
  if (!error.message.length) error.message = Slice.of("The provider answered with status " + status.toString());
  return error;
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
