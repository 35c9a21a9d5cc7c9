// Errors of the protocol: code and HTTP status belong together.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/transports, https://www.jsonrpc.org/specification
import { Slice } from "@weir/sdk/assembly";

export const PARSE_ERROR: i32 = -32700;
export const INVALID_REQUEST: i32 = -32600;
export const METHOD_NOT_FOUND: i32 = -32601;
export const INVALID_PARAMS: i32 = -32602;
export const INTERNAL_ERROR: i32 = -32603;
export const HEADER_MISMATCH: i32 = -32020;
export const MISSING_CAPABILITY: i32 = -32021;
export const UNSUPPORTED_VERSION: i32 = -32022;
/** What servers of the first era answer where there is no such resource. */
export const RESOURCE_NOT_FOUND: i32 = -32002;
/** What servers of the first era answer where HTTP itself is at fault. */
export const TRANSPORT_ERROR: i32 = -32000;

/** One error. */
@final
export class RpcError {
  /** Those that a token would need, with spaces between. */
  scopes: string = "";

  constructor(
    /** The HTTP status it is answered with. */
    readonly status: u32,
    readonly code: i32,
    readonly message: string,
    /** JSON; empty for none. */
    readonly data: Slice = Slice.empty(),
  ) {}

  /** Of what the parameters say: the protocol itself has worked. */
  static params(message: string): RpcError {
    return new RpcError(200, INVALID_PARAMS, message);
  }

  static invalidRequest(message: string): RpcError {
    return new RpcError(400, INVALID_REQUEST, message);
  }

  static mismatch(message: string): RpcError {
    return new RpcError(400, HEADER_MISMATCH, message);
  }

  static transport(status: u32, message: string): RpcError {
    return new RpcError(status, TRANSPORT_ERROR, message);
  }
}
