// The headers that repeat what the body says, so that whoever is on the way need not read it. The body counts: a header
// that differs could have led a request past somebody's rules.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
import { decodeBase64, HeaderList, JsonKind, JsonTape, parseNumber, Slice } from "@weir/sdk/assembly";
import { Message } from "./message";
import { RpcError } from "./rpc-error";

const METHOD_HEADER = Slice.of("mcp-method");
const NAME_HEADER = Slice.of("mcp-name");
const PROPERTIES = Slice.of("properties");
const MIRROR = Slice.of("x-mcp-header");
const TOKEN_MARKS = Slice.of("!#$%&'*+-.^_`|~");
/** As deep as arguments lie one within the other. */
const DEPTH_MAX: i32 = 16;
const NAME = Slice.of("name");
const URI = Slice.of("uri");
const CALL = Slice.of("tools/call");
const PROMPT = Slice.of("prompts/get");
const READ = Slice.of("resources/read");
const ENCODED = Slice.of("=?base64?");
const ENCODED_END = Slice.of("?=");
const TRUE = Slice.of("true");
const FALSE = Slice.of("false");

/** An argument that a header repeats. */
@final
export class MirroredArgument {
  constructor(
    /** `mcp-param-<x>`, lower case. */
    readonly header: Slice,
    /** Names of members, one within the other. */
    readonly path: Slice[],
  ) {}

  /** The value among arguments; −1 where there is none. */
  nodeIn(tape: JsonTape, given: i32): i32 {
    let node = given;
    for (let i = 0; i < this.path.length && node >= 0; ++i) node = tape.find(node, this.path[i]);
    return node;
  }
}

/** Puts in `found` what a schema wants repeated: only what is reached by `properties` alone counts. */
export function readMirrored(tape: JsonTape, schema: i32, path: Slice[], found: MirroredArgument[]): void {
  if (path.length >= DEPTH_MAX) return;
  const properties = tape.find(schema, PROPERTIES);
  if (tape.kind(properties) != JsonKind.Object) return;
  for (let each = tape.first(properties); each >= 0; each = tape.next(each)) {
    const own = path.concat([tape.keyText(each).copy()]);
    const name = tape.text(tape.find(each, MIRROR));
    if (isToken(name)) {
      found.push(new MirroredArgument(Slice.of("mcp-param-" + name.toText().toLowerCase()), own));
    }
    readMirrored(tape, each, own, found);
  }
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
function isToken(text: Slice): bool {
  for (let i = 0; i < text.length; ++i) {
    const byte = text.at(i);
    const isAlphanumeric = (byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
    if (!isAlphanumeric && TOKEN_MARKS.indexOf(byte) < 0) return false;
  }
  return text.length > 0;
}

/** What the headers of a request say that its body does not; null where nothing is wrong. */
export function checkMirrored(message: Message, headers: HeaderList, isStrict: bool): RpcError | null {
  const problem = compare(headers, METHOD_HEADER, message.method, isStrict);
  if (problem.length) return RpcError.mismatch("The header Mcp-Method " + problem);
  const method = message.method;
  const isNamed = method.equals(CALL) || method.equals(PROMPT);
  if (!isNamed && !method.equals(READ)) return null;
  const name = message.tape.text(message.param(isNamed ? NAME : URI));
  const nameProblem = compare(headers, NAME_HEADER, name, isStrict);
  return nameProblem.length ? RpcError.mismatch("The header Mcp-Name " + nameProblem) : null;
}

/** Every header of that name must have the value. */
function compare(headers: HeaderList, header: Slice, wanted: Slice, isStrict: bool): string {
  let at = headers.indexOf(header);
  if (at < 0) return isStrict ? "is missing" : "";
  for (; at >= 0; at = headers.indexOf(header, at + 1)) {
    const value = decoded(headers.value(at).trim());
    if (!value || !value.equals(wanted)) return "differs from the body";
  }
  return "";
}

/** The arguments of a call, likewise. */
export function checkArguments(
  mirrored: MirroredArgument[],
  headers: HeaderList,
  tape: JsonTape,
  given: i32,
): RpcError | null {
  for (let i = 0; i < mirrored.length; ++i) {
    const each = mirrored[i];
    const problem = argumentProblem(headers, each.header, tape, each.nodeIn(tape, given));
    if (problem.length) return RpcError.mismatch("The header " + each.header.toText() + " " + problem);
  }
  return null;
}

function argumentProblem(headers: HeaderList, header: Slice, tape: JsonTape, node: i32): string {
  const kind = tape.kind(node);
  const isAbsent = kind == JsonKind.Missing || kind == JsonKind.Null;
  let at = headers.indexOf(header);
  if (at < 0) return isAbsent ? "" : "is missing";
  for (; at >= 0; at = headers.indexOf(header, at + 1)) {
    const value = decoded(headers.value(at).trim());
    if (!value || isAbsent || !saysSame(value, tape, node)) return "differs from the body";
  }
  return "";
}

function saysSame(value: Slice, tape: JsonTape, node: i32): bool {
  switch (tape.kind(node)) {
    case JsonKind.String:
      return tape.equals(node, value);
    case JsonKind.Number:
      return parseNumber(value) == tape.number(node);
    case JsonKind.True:
      return value.equals(TRUE);
    case JsonKind.False:
      return value.equals(FALSE);
    default:
      return false;
  }
}

/** What a header cannot carry stands in it as `=?base64?…?=`; null where that is no base64. */
function decoded(value: Slice): Slice | null {
  if (!value.startsWith(ENCODED) || !value.endsWith(ENCODED_END)) return value;
  if (value.length < ENCODED.length + ENCODED_END.length) return null;
  return decodeBase64(value.slice(ENCODED.length, value.length - ENCODED_END.length));
}
