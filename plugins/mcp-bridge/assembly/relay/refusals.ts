// What is refused without asking any server.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { INTERNAL_ERROR, INVALID_PARAMS, METHOD_NOT_FOUND, RpcError } from "../protocol/rpc-error";
import { Link } from "./link";
import { Kind, RelayRequest } from "./relay-request";

const DISCOVER = Slice.of("server/discover");
const RESOURCE_NOT_FOUND: i32 = -32002;

/** Methods whose headers repeat the body; others are the server's to refuse. */
export function isMirrored(request: RelayRequest): bool {
  return request.named != Kind.None || request.listed != Kind.None || request.method.equals(DISCOVER);
}

/** A method that nobody has here. */
export function unknownMethod(request: RelayRequest): RpcError {
  const message = "Method not found: " + request.method.toText();
  return new RpcError(request.isModern ? 404 : 200, METHOD_NOT_FOUND, message);
}

/** A thing that nobody has. */
export function unknown(request: RelayRequest): RpcError {
  const name = request.name.toText();
  if (request.named == Kind.Tool) return RpcError.params("Unknown tool: " + name);
  if (request.named == Kind.Prompt) return RpcError.params("Unknown prompt: " + name);
  const data = new JsonWriter(new Writer()).beginObject().key(Slice.of("uri")).text(request.name);
  const code = request.isModern ? INVALID_PARAMS : RESOURCE_NOT_FOUND;
  return new RpcError(200, code, "Resource not found: " + name, data.endObject().output.take());
}

/** A server that cannot be asked. */
export function notReached(link: Link | null): RpcError {
  const why = link ? link.name.toText() + " " + link.failure : "is not there";
  return new RpcError(502, INTERNAL_ERROR, "The server " + why);
}
