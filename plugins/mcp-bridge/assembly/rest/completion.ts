// completion/complete: what an argument of a prompt, or a variable of a resource's URI, may be, as its schema lists it.
// https://modelcontextprotocol.io/specification/2025-11-25/server/utilities/completion
import { JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { RESOURCES } from "../protocol/listing";
import { Outcome } from "../protocol/outcome";
import { Request } from "../protocol/request";
import { RpcError } from "../protocol/rpc-error";
import { RestServer } from "./rest-server";
import { RestTool } from "./tool";

const REF = Slice.of("ref");
const TYPE = Slice.of("type");
const PROMPT = Slice.of("ref/prompt");
const RESOURCE = Slice.of("ref/resource");
const NAME = Slice.of("name");
const URI = Slice.of("uri");
const ARGUMENT = Slice.of("argument");
const VALUE = Slice.of("value");
const COMPLETION = Slice.of("completion");
const VALUES = Slice.of("values");
const TOTAL = Slice.of("total");
const HAS_MORE = Slice.of("hasMore");
const PROPERTIES = Slice.of("properties");
const ENUM = Slice.of("enum");
const EXAMPLES = Slice.of("examples");
/** As many as the protocol lets be sent. */
const VALUES_MAX: i32 = 100;

/** Answers it. */
export function complete(server: RestServer, request: Request): Outcome {
  const message = request.message;
  const tape = message.tape;
  const argument = message.param(ARGUMENT);
  const name = tape.find(argument, NAME);
  if (tape.kind(name) != JsonKind.String) return refused("argument.name must be a string");
  const source = sourceOf(server, request);
  if (!source) return refused("ref names nothing that is here");
  const schema = server.tape;
  const property = schema.find(schema.find(source.inputSchema, PROPERTIES), tape.text(name));
  const listed = schema.find(property, ENUM);
  const begun = tape.text(tape.find(argument, VALUE));
  return Outcome.ofResult(completion(schema, listed < 0 ? schema.find(property, EXAMPLES) : listed, begun));
}

/** What `ref` names; null for nothing that is there for the caller. */
function sourceOf(server: RestServer, request: Request): RestTool | null {
  const tape = request.message.tape;
  const ref = request.message.param(REF);
  const type = tape.find(ref, TYPE);
  if (tape.equals(type, PROMPT)) {
    const prompt = server.promptNamed(tape.text(tape.find(ref, NAME)), request);
    return prompt ? prompt.source : null;
  }
  if (!tape.equals(type, RESOURCE)) return null;
  const uri = tape.text(tape.find(ref, URI));
  for (let i = 0; i < server.resources.length; ++i) {
    const resource = server.resources[i];
    if (resource.uri.equals(uri) && request.mayUse(RESOURCES, uri)) return resource.source;
  }
  return null;
}

/** Those that begin as what is written, whatever their case. */
function completion(tape: JsonTape, list: i32, begun: Slice): Slice {
  const json = new JsonWriter(new Writer()).beginObject().key(COMPLETION).beginObject().key(VALUES).beginArray();
  let total = 0;
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const value = tape.kind(each) == JsonKind.String ? tape.text(each) : tape.raw(each);
    if (!value.slice(0, begun.length).equalsIgnoreCase(begun)) continue;
    if (total++ < VALUES_MAX) json.text(value);
  }
  json
    .endArray()
    .key(TOTAL)
    .integer(total)
    .key(HAS_MORE)
    .flag(total > VALUES_MAX);
  return json.endObject().endObject().output.take();
}

function refused(message: string): Outcome {
  return Outcome.ofError(RpcError.params(message));
}
