// All callbacks of an HTTP filter: `export * from "@weir/sdk/assembly/exports/http";` in a plugin's entry.
// A callback that is not exported is not called, which saves the way into the VM: a plugin that only looks at request
// headers may export exports/vm and, from here, `proxy_on_request_headers` alone.
import { DataStatus, HeadersStatus, TrailersStatus } from "../abi";
import { enter, findHttp, leave } from "../dispatcher";

export * from "./vm";
export * from "./callouts";

/** `HttpContext.onRequestHeaders`. */
export function proxy_on_request_headers(id: u32, count: u32, endOfStream: u32): HeadersStatus {
  const context = findHttp(id);
  if (!context) return HeadersStatus.Continue;
  const outer = enter(id);
  const status = context.onRequestHeaders(count, endOfStream != 0);
  leave(outer);
  return status;
}

/** `HttpContext.onRequestBody`. */
export function proxy_on_request_body(id: u32, size: u32, endOfStream: u32): DataStatus {
  const context = findHttp(id);
  if (!context) return DataStatus.Continue;
  const outer = enter(id);
  const status = context.onRequestBody(size, endOfStream != 0);
  leave(outer);
  return status;
}

/** `HttpContext.onRequestTrailers`. */
export function proxy_on_request_trailers(id: u32, count: u32): TrailersStatus {
  const context = findHttp(id);
  if (!context) return TrailersStatus.Continue;
  const outer = enter(id);
  const status = context.onRequestTrailers(count);
  leave(outer);
  return status;
}

/** `HttpContext.onRequestMetadata`. The host knows no answer but 0, Continue. */
export function proxy_on_request_metadata(id: u32, count: u32): u32 {
  const context = findHttp(id);
  if (!context) return 0;
  const outer = enter(id);
  context.onRequestMetadata(count);
  leave(outer);
  return 0;
}

/** `HttpContext.onResponseHeaders`. */
export function proxy_on_response_headers(id: u32, count: u32, endOfStream: u32): HeadersStatus {
  const context = findHttp(id);
  if (!context) return HeadersStatus.Continue;
  const outer = enter(id);
  const status = context.onResponseHeaders(count, endOfStream != 0);
  leave(outer);
  return status;
}

/** `HttpContext.onResponseBody`. */
export function proxy_on_response_body(id: u32, size: u32, endOfStream: u32): DataStatus {
  const context = findHttp(id);
  if (!context) return DataStatus.Continue;
  const outer = enter(id);
  const status = context.onResponseBody(size, endOfStream != 0);
  leave(outer);
  return status;
}

/** `HttpContext.onResponseTrailers`. */
export function proxy_on_response_trailers(id: u32, count: u32): TrailersStatus {
  const context = findHttp(id);
  if (!context) return TrailersStatus.Continue;
  const outer = enter(id);
  const status = context.onResponseTrailers(count);
  leave(outer);
  return status;
}

/** `HttpContext.onResponseMetadata`. The host knows no answer but 0, Continue. */
export function proxy_on_response_metadata(id: u32, count: u32): u32 {
  const context = findHttp(id);
  if (!context) return 0;
  const outer = enter(id);
  context.onResponseMetadata(count);
  leave(outer);
  return 0;
}
