// The context of one HTTP stream: a request and its response, from the first header to the last byte.
//
//   onRequestHeaders → onRequestBody* → onRequestTrailers? →  upstream
//                                                            ↓
//   onDone → onLog → onDelete  ← onResponseTrailers? ← onResponseBody* ← onResponseHeaders
//
// A client that leaves, or an answer made on the way, may cut this short at any place; onDone to onDelete always come.
import { DataStatus, HeadersStatus, TrailersStatus } from "./abi";
import { Context, ContextKind } from "./context";

/** Extend it with the hooks you need; those you leave let everything pass. */
export abstract class HttpContext extends Context {
  constructor(id: u32) {
    super(id, ContextKind.Http);
  }

  /** The request's headers are here: `count` of them in `requestHeaders`. `endOfStream`: there will be no body. */
  onRequestHeaders(count: u32, endOfStream: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }

  /** A piece of the request's body is here: `size` bytes in `requestBody`, those held before included. */
  onRequestBody(size: u32, endOfStream: bool): DataStatus {
    return DataStatus.Continue;
  }

  /** The request's trailers are here: `count` of them in `requestTrailers`. The stream ends with them. */
  onRequestTrailers(count: u32): TrailersStatus {
    return TrailersStatus.Continue;
  }

  /** HTTP/2 METADATA of the request is here. The ABI gives no way to read it, nor to hold it. */
  onRequestMetadata(count: u32): void {}

  /** The response's headers are here: `count` of them in `responseHeaders`. */
  onResponseHeaders(count: u32, endOfStream: bool): HeadersStatus {
    return HeadersStatus.Continue;
  }

  /** A piece of the response's body is here: `size` bytes in `responseBody`, those held before included. */
  onResponseBody(size: u32, endOfStream: bool): DataStatus {
    return DataStatus.Continue;
  }

  /** The response's trailers are here: `count` of them in `responseTrailers`. The stream ends with them. */
  onResponseTrailers(count: u32): TrailersStatus {
    return TrailersStatus.Continue;
  }

  /** HTTP/2 METADATA of the response is here. The ABI gives no way to read it, nor to hold it. */
  onResponseMetadata(count: u32): void {}
}
