// Numbers of the Proxy-Wasm ABI 0.2.1, as the host and a plugin exchange them.
// Source: https://github.com/proxy-wasm/spec/tree/main/abi-versions/v0.2.1

/** What a host function returns. */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

/** Which header map a host function works on. */
export const MapType = {
  RequestHeaders: 0,
  RequestTrailers: 1,
  ResponseHeaders: 2,
  ResponseTrailers: 3,
  GrpcReceiveInitialMetadata: 4,
  GrpcReceiveTrailingMetadata: 5,
  HttpCallResponseHeaders: 6,
  HttpCallResponseTrailers: 7,
  Last: 7,
} as const;

/** Which buffer a host function works on. */
export const BufferType = {
  HttpRequestBody: 0,
  HttpResponseBody: 1,
  DownstreamData: 2,
  UpstreamData: 3,
  HttpCallResponseBody: 4,
  GrpcReceiveBuffer: 5,
  VmConfiguration: 6,
  PluginConfiguration: 7,
  CallData: 8,
  Last: 8,
} as const;

/** What `proxy_continue_stream` and `proxy_close_stream` act on. */
export const StreamType = { Request: 0, Response: 1, Downstream: 2, Upstream: 3, Last: 3 } as const;

export const MetricType = { Counter: 0, Gauge: 1, Histogram: 2, Last: 2 } as const;

export const LogLevel = { Trace: 0, Debug: 1, Info: 2, Warn: 3, Error: 4, Critical: 5 } as const;

/** What a plugin returns from a headers callback (2 is deprecated: Envoy takes it for Continue). */
export const HeadersStatus = {
  Continue: 0,
  StopIteration: 1,
  StopAllIterationAndBuffer: 3,
  StopAllIterationAndWatermark: 4,
} as const;
export type HeadersStatus = (typeof HeadersStatus)[keyof typeof HeadersStatus];

/** What a plugin returns from a body callback. */
export const DataStatus = {
  Continue: 0,
  StopIterationAndBuffer: 1,
  StopIterationAndWatermark: 2,
  StopIterationNoBuffer: 3,
} as const;
export type DataStatus = (typeof DataStatus)[keyof typeof DataStatus];

/** What a plugin returns from a trailers callback. */
export const TrailersStatus = { Continue: 0, StopIteration: 1 } as const;
export type TrailersStatus = (typeof TrailersStatus)[keyof typeof TrailersStatus];

/** The state of a gRPC call that ended without an answer from the server (google.rpc.Code). */
export const GrpcStatus = { Ok: 0, Internal: 13, Unavailable: 14 } as const;
