// Messages to MCP servers: what they are told by, and how one is refused.
// https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#sending-messages-to-the-server
import { getProperty, HeaderList, JsonWriter, propertyPath, Slice, Writer } from "@weir/sdk/assembly";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";

/** Of an Envoy route that leads to a server: metadata that the control plane writes. */
const SERVER = propertyPath("xds", "route_metadata", "filter_metadata", "weir", "mcp");
const METHOD = Slice.of(":method");
const POST = Slice.of("POST");
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

/** The body of a refusal. Which message it answers is not known: there is no id. */
export function callRefusal(refusal: Refusal): Slice {
  const json = new JsonWriter(new Writer()).beginObject().key(JSONRPC).text(VERSION);
  json.key(ERROR).beginObject().key(CODE).integer(TRANSPORT_ERROR);
  json.key(MESSAGE).text(Slice.of(refusal.message)).endObject();
  return json.endObject().output.take();
}
