// What a server is sent in place of the client's request: headers, and the body in the era that it speaks.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/transports
import { HeaderList, JsonEdit, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { MODERN } from "../protocol/version";
import { Query } from "../rest/query";
import { headerText } from "./header-text";
import { addressInner } from "./inner-call";
import { Link } from "./link";
import { Kind, RelayRequest } from "./relay-request";

const METHOD = Slice.of(":method");
const PATH = Slice.of(":path");
const AUTHORITY = Slice.of(":authority");
const SCHEME = Slice.of(":scheme");
const ACCEPT = Slice.of("accept");
const CONTENT_TYPE = Slice.of("content-type");
const JSON = Slice.of("application/json");
const EVENTS = Slice.of("text/event-stream");
const BOTH = Slice.of("application/json, text/event-stream");
const VERSION = Slice.of("mcp-protocol-version");
const SESSION = Slice.of("mcp-session-id");
const MCP_METHOD = Slice.of("mcp-method");
const MCP_NAME = Slice.of("mcp-name");
const MCP_PARAM = Slice.of("mcp-param-");
const LAST_EVENT = Slice.of("last-event-id");
const QUESTION_MARK: u8 = 0x3f;
const POST = Slice.of("POST");
const GET = Slice.of("GET");
const KEPT: StaticArray<Slice> = [
  SCHEME,
  Slice.of("x-request-id"),
  Slice.of("x-forwarded-proto"),
  Slice.of("traceparent"),
  Slice.of("tracestate"),
  Slice.of("baggage"),
];
const PARAMS = Slice.of("params");
const META = Slice.of("_meta");
const ID = Slice.of("id");
const NAME = Slice.of("name");
const URI = Slice.of("uri");
const REF = Slice.of("ref");
const PROGRESS_TOKEN = Slice.of("progressToken");
const INPUT_RESPONSES = Slice.of("inputResponses");
const REQUEST_STATE = Slice.of("requestState");
const VERSION_KEY = Slice.of("io.modelcontextprotocol/protocolVersion");
const CAPABILITIES_KEY = Slice.of("io.modelcontextprotocol/clientCapabilities");
const CLIENT_KEY = Slice.of("io.modelcontextprotocol/clientInfo");
const LOG_LEVEL_KEY = Slice.of("io.modelcontextprotocol/logLevel");
const MODERN_JSON = Slice.of('"2026-07-28"');

/** The headers of a request to the server of `link`, or to whoever asks it for us: nothing of the client's own. */
export function upstreamHeaders(link: Link, httpMethod: Slice, client: HeaderList): HeaderList {
  const headers = directHeaders(link, httpMethod, client);
  const inner = link.remote.innerName;
  if (inner.length) addressInner(headers, inner, link.credential);
  return headers;
}

/** The headers of a request to the server itself. */
export function directHeaders(link: Link, httpMethod: Slice, client: HeaderList): HeaderList {
  const remote = link.remote;
  const headers = new HeaderList().add(METHOD, httpMethod).add(PATH, pathOf(link)).add(AUTHORITY, remote.authority);
  for (let i = 0; i < KEPT.length; ++i) {
    const value = client.get(KEPT[i]);
    if (value) headers.add(KEPT[i], value);
  }
  const isPost = httpMethod.equals(POST);
  if (isPost) headers.add(CONTENT_TYPE, JSON);
  headers.add(ACCEPT, isPost ? BOTH : EVENTS);
  if (link.version.length) headers.add(VERSION, link.version);
  if (link.sessionId.length) headers.add(SESSION, link.sessionId);
  const last = httpMethod.equals(GET) ? client.get(LAST_EVENT) : null;
  if (last) headers.add(LAST_EVENT, last);
  const own = remote.credentials.headers;
  for (let i = 0; i < own.length; ++i) headers.set(own.name(i), own.value(i));
  const use = remote.credentials.toServer;
  if (use && link.credential.length) use.scheme.giveTo(headers, new Query(Slice.empty()), link.credential);
  return headers;
}

/** With the credential, where one travels in the query. */
function pathOf(link: Link): Slice {
  const use = link.remote.credentials.toServer;
  if (!use || !link.credential.length) return link.remote.path;
  const query = new Query(Slice.empty());
  use.scheme.giveTo(new HeaderList(), query, link.credential);
  if (query.isEmpty) return link.remote.path;
  const output = new Writer().bytes(link.remote.path).byte(QUESTION_MARK);
  query.write(output);
  return output.take();
}

/** The headers of a client's request, on its way to the server of `link`, which calls what it is for `name`. */
export function requestHeaders(link: Link, request: RelayRequest, name: Slice): HeaderList {
  const headers = upstreamHeaders(link, POST, link.headers);
  if (!link.isModern) return headers;
  // What a client of the first era says in such headers it does not know to be anything.
  mirrorInHeaders(headers, request.method, name, request.isModern ? link.headers : new HeaderList());
  if (isMirroredHere(link, request)) link.remote.tools.write(headers, name, request.body);
  return headers;
}

/** Whether the gateway repeats arguments in headers for a client that does not know of it. */
export function isMirroredHere(link: Link, request: RelayRequest): bool {
  return link.isModern && !request.isModern && request.named == Kind.Tool;
}

/** Adds what the second era has headers repeat. */
export function mirrorInHeaders(headers: HeaderList, method: Slice, name: Slice, client: HeaderList): void {
  headers.set(VERSION, MODERN).add(MCP_METHOD, method);
  if (name.length) headers.add(MCP_NAME, headerText(name));
  for (let i = 0; i < client.length; ++i) {
    if (client.nameStartsWith(i, MCP_PARAM)) headers.add(client.name(i), client.value(i));
  }
}

/**
 * The body for the server of `link`, or for one of this plugin's, where `name` is what it calls the thing that the
 * request is for.
 */
export function upstreamBody(request: RelayRequest, link: Link | null, name: Slice): Slice {
  const isSameEra = !link || (!link.isShared && link.isModern == request.isModern);
  if (isSameEra && !request.originalId.length && name.equals(request.name)) return request.body;
  const tape = new JsonTape();
  if (tape.scan(request.body)) return request.body;
  const edit = new JsonEdit(tape);
  const params = tape.find(tape.root, PARAMS);
  if (!name.equals(request.name)) rename(edit, tape, params, name);
  if (request.originalId.length) edit.set(tape.root, ID, request.originalId);
  if (!link) return edit.apply();
  if (link.isShared) edit.set(tape.root, ID, request.ownId);
  const meta = tape.find(params, META);
  if (link.isShared && request.rawProgressToken.length) edit.set(meta, PROGRESS_TOKEN, request.ownId);
  if (link.isModern && !request.isModern) makeModern(edit, tape, params, link);
  else if (!link.isModern && request.isModern) makeLegacy(edit, params, meta);
  return edit.apply();
}

function rename(edit: JsonEdit, tape: JsonTape, params: i32, name: Slice): void {
  const ref = tape.find(params, REF);
  const holder = ref >= 0 ? ref : params;
  const key = tape.find(holder, NAME) >= 0 ? NAME : URI;
  edit.set(holder, key, new JsonWriter(new Writer()).text(name).output.take());
}

function makeModern(edit: JsonEdit, tape: JsonTape, params: i32, link: Link): void {
  const meta = tape.find(params, META);
  if (tape.kind(meta) == JsonKind.Object) {
    edit.set(meta, VERSION_KEY, MODERN_JSON);
    edit.set(meta, CAPABILITIES_KEY, link.clientCapabilities);
    edit.set(meta, CLIENT_KEY, link.client);
    return;
  }
  const claim = modernMeta(link);
  if (tape.kind(params) == JsonKind.Object) return edit.set(params, META, claim);
  edit.set(
    tape.root,
    PARAMS,
    new JsonWriter(new Writer()).beginObject().key(META).raw(claim).endObject().output.take(),
  );
}

/** `_meta` of a request of the second era. */
export function modernMeta(link: Link): Slice {
  const json = new JsonWriter(new Writer()).beginObject();
  json.key(VERSION_KEY).raw(MODERN_JSON).key(CAPABILITIES_KEY).raw(link.clientCapabilities);
  return json.key(CLIENT_KEY).raw(link.client).endObject().output.take();
}

/** A server of both eras would take the claim for more than the header says. */
function makeLegacy(edit: JsonEdit, params: i32, meta: i32): void {
  edit.remove(meta, VERSION_KEY);
  edit.remove(meta, CAPABILITIES_KEY);
  edit.remove(meta, CLIENT_KEY);
  edit.remove(meta, LOG_LEVEL_KEY);
  edit.remove(params, INPUT_RESPONSES);
  edit.remove(params, REQUEST_STATE);
}
