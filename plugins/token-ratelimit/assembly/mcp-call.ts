// Messages to MCP servers: what they are told by, and how one is refused.
// https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#sending-messages-to-the-server
import {
  getProperty,
  HeaderList,
  JsonKind,
  JsonTape,
  JsonWriter,
  propertyPath,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";

/** Of an Envoy route that leads to a server: metadata that the control plane writes. */
const SERVER = propertyPath("xds", "route_metadata", "filter_metadata", "weir", "mcp");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
const CALL_METHOD = Slice.of("method");
const CALL = Slice.of("tools/call");
const PARAMS = Slice.of("params");
const NAME = Slice.of("name");
const JSONRPC = Slice.of("jsonrpc");
const VERSION = Slice.of("2.0");
const ERROR = Slice.of("error");
const CODE = Slice.of("code");
const MESSAGE = Slice.of("message");
/** What servers answer where HTTP itself is at fault. */
const TRANSPORT_ERROR: i64 = -32000;

/** Whether the request is a message to a server. */
export function isCall(headers: HeaderList): bool {
  const method = headers.get(METHOD);
  return method != null && method.equals(POST) && getProperty(SERVER) != null;
}

/** The tool that a message calls; empty where it calls none, null for a batch with several calls. */
export function calledTool(tape: JsonTape, body: Slice): Slice | null {
  if (tape.scan(body)) return Slice.empty();
  if (tape.kind(tape.root) != JsonKind.Array) return toolOf(tape, tape.root);
  let tool = Slice.empty();
  for (let each = tape.first(tape.root); each >= 0; each = tape.next(each)) {
    const called = toolOf(tape, each);
    if (called.length && tool.length) return null;
    if (called.length) tool = called;
  }
  return tool;
}

function toolOf(tape: JsonTape, message: i32): Slice {
  if (!tape.equals(tape.find(message, CALL_METHOD), CALL)) return Slice.empty();
  return tape.text(tape.find(tape.find(message, PARAMS), NAME));
}

/** Each call counts by itself, and a batch is one request. */
export function severalCalls(): Refusal {
  const message = "Calls of tools that have limits of their own must not be sent in one batch";
  return new Refusal(400, ErrorKind.InvalidRequest, message, "several_calls");
}

/** The body of a refusal. Which message it answers is not known: there is no id. */
export function callRefusal(refusal: Refusal): Slice {
  const json = new JsonWriter(new Writer()).beginObject().key(JSONRPC).text(VERSION);
  json.key(ERROR).beginObject().key(CODE).integer(TRANSPORT_ERROR);
  json.key(MESSAGE).text(Slice.of(refusal.message)).endObject();
  return json.endObject().output.take();
}
