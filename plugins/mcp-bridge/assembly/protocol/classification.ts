// Which era a message belongs to. The body decides; a header only where the body says nothing, and it must not
// contradict. A claim that is wrong is an error, and never makes a message one of the other era.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/versioning
import { HeaderList, JsonKind, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Message, MessageKind } from "./message";
import { HEADER_MISMATCH, INVALID_PARAMS, RpcError, UNSUPPORTED_VERSION } from "./rpc-error";
import { claimsModern, Era, isLegacy, isModern, LEGACY_LATEST, MODERN, UNSAID } from "./version";

const VERSION_HEADER = Slice.of("mcp-protocol-version");
const VERSION_KEY = Slice.of("io.modelcontextprotocol/protocolVersion");
const CAPABILITIES_KEY = Slice.of("io.modelcontextprotocol/clientCapabilities");
const INITIALIZE = Slice.of("initialize");

/** Whether the body says which version it is of. */
export function hasClaim(message: Message): bool {
  return message.tape.find(message.meta, VERSION_KEY) >= 0;
}

/** What a client speaks. */
@final
export class Classification {
  era: Era = Era.Legacy;
  version: Slice = UNSAID;

  /** Classifies `message`, or says what is wrong. `isStrict`: headers must be there, too. */
  read(message: Message, headers: HeaderList, isStrict: bool): RpcError | null {
    const said = headers.get(VERSION_HEADER);
    const header = said ? said.trim() : Slice.empty();
    const claim = message.tape.find(message.meta, VERSION_KEY);
    if (claim >= 0) return this.readClaim(message, claim, header, isStrict);
    if (message.kind == MessageKind.Request && message.method.equals(INITIALIZE)) {
      this.version = LEGACY_LATEST;
      return null;
    }
    return header.length ? this.readHeader(message, header) : null;
  }

  private readClaim(message: Message, claim: i32, header: Slice, isStrict: bool): RpcError | null {
    const tape = message.tape;
    if (tape.kind(claim) != JsonKind.String) return malformed("_meta's protocolVersion must be a string");
    const version = tape.text(claim);
    if (header.length ? !header.equals(version) : isStrict && claimsModern(version)) {
      const what = header.length ? "differs from _meta's protocolVersion" : "is missing";
      return new RpcError(400, HEADER_MISMATCH, "The header MCP-Protocol-Version " + what);
    }
    this.version = version;
    if (isLegacy(version)) return null;
    if (!isModern(version)) return unsupported(version);
    this.era = Era.Modern;
    if (message.kind != MessageKind.Request) return null;
    const capabilities = tape.kind(tape.find(message.meta, CAPABILITIES_KEY));
    return capabilities == JsonKind.Object ? null : malformed("_meta must have clientCapabilities, an object");
  }

  private readHeader(message: Message, header: Slice): RpcError | null {
    this.version = header;
    if (isLegacy(header)) return null;
    if (!claimsModern(header)) {
      return RpcError.transport(400, "Bad Request: Unsupported protocol version");
    }
    if (!isModern(header)) return unsupported(header);
    this.era = Era.Modern;
    if (message.kind == MessageKind.Notification) return null;
    if (message.kind == MessageKind.Response)
      return RpcError.invalidRequest("Clients send no responses in this version");
    return malformed("params._meta must have protocolVersion and clientCapabilities");
  }
}

function malformed(message: string): RpcError {
  return new RpcError(400, INVALID_PARAMS, message);
}

function unsupported(version: Slice): RpcError {
  const data = new JsonWriter(new Writer()).beginObject();
  data.key(Slice.of("supported")).beginArray().text(MODERN).endArray();
  data.key(Slice.of("requested")).text(version).endObject();
  return new RpcError(400, UNSUPPORTED_VERSION, "Unsupported protocol version", data.output.take());
}
