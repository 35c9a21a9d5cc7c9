// The numbers of Proxy-Wasm ABI 0.2.1: what callbacks answer and what host calls take and return.
// https://github.com/proxy-wasm/spec/blob/main/abi-versions/v0.2.1/README.md#types
// The filter statuses are Envoy's own, wider than the specification's Continue and Pause.
// https://github.com/proxy-wasm/proxy-wasm-cpp-host/blob/main/include/proxy-wasm/context_interface.h

/** What a host call answered. A plugin never traps on one it did not expect: treat all but `Ok` as failure. */
export const enum Status {
  /** Done. */
  Ok = 0,
  /** No such header, property, key, queue, metric or function; or it is not available in this callback. */
  NotFound = 1,
  /** An argument the host refuses: an unknown cluster, a missing `:path`, a range it cannot replace. */
  BadArgument = 2,
  /** The host could not serialize the value. */
  SerializationFailure = 3,
  /** The host could not parse what it was given. */
  ParseFailure = 4,
  /** A pointer outside the plugin's memory, or the host could not get memory from the plugin. */
  InvalidMemoryAccess = 6,
  /** A shared queue with nothing in it. */
  Empty = 7,
  /** Shared data was changed by another since it was read. */
  CasMismatch = 8,
  /** The host could not do it now, as when a callout cannot be started. */
  InternalFailure = 10,
  /** The connection broke. */
  BrokenConnection = 11,
  /** Not implemented by this host. */
  Unimplemented = 12,
}

/** What becomes of a request or response after its headers callback. */
export const enum HeadersStatus {
  /** Go on to the next filter. */
  Continue = 0,
  /**
   * Hold the headers; the body callbacks still come. In Envoy this needs `allow_on_headers_stop_iteration: true`
   * in the plugin's configuration, without it this acts as `StopAllIterationAndWatermark`.
   */
  StopIteration = 1,
  /** Go on, and end the stream here: the body is dropped. */
  ContinueAndEndStream = 2,
  /** Hold everything and buffer; past the buffer limit the client gets a 413 (a response: a 500). */
  StopAllIterationAndBuffer = 3,
  /**
   * Hold everything; past the buffer limit the sender is asked to pause. Continue with `continueRequest` or
   * `continueResponse`.
   */
  StopAllIterationAndWatermark = 4,
}

/** What becomes of a piece of a body after its callback. */
export const enum DataStatus {
  /** Pass on what is held and this piece. */
  Continue = 0,
  /** Hold and keep: the next callback's buffer holds all so far. Past the buffer limit the client gets a 413. */
  StopIterationAndBuffer = 1,
  /** As the former, but past the buffer limit the sender is asked to pause. */
  StopIterationAndWatermark = 2,
  /** Hold, and drop this piece: the plugin has taken it, or does not want it. */
  StopIterationNoBuffer = 3,
}

/** What becomes of trailers after their callback. */
export const enum TrailersStatus {
  /** Go on to the next filter. */
  Continue = 0,
  /** Hold them, and the stream with them, until `continueRequest` or `continueResponse`. */
  StopIteration = 1,
}

/** What becomes of a TCP connection's bytes after their callback. */
export const enum TcpStatus {
  /** Pass them on. */
  Continue = 0,
  /** Hold them; the next callback's buffer holds all so far. */
  StopIteration = 1,
}

/** Who closed a TCP connection. */
export const enum PeerType {
  /** The host does not say. */
  Unknown = 0,
  /** The proxy. */
  Local = 1,
  /** The other end. */
  Remote = 2,
}

/** Log levels, of `log`. */
export const enum LogLevel {
  /** Finest detail. */
  Trace = 0,
  /** For somebody debugging. */
  Debug = 1,
  /** Worth knowing. */
  Info = 2,
  /** Odd, but handled. */
  Warn = 3,
  /** Something failed. */
  Error = 4,
  /** The plugin cannot go on. */
  Critical = 5,
}

/** The byte buffers of the host. */
export const enum BufferType {
  /** The request's body. */
  HttpRequestBody = 0,
  /** The response's body. */
  HttpResponseBody = 1,
  /** Bytes from the client of a TCP connection. */
  DownstreamData = 2,
  /** Bytes from the server of a TCP connection. */
  UpstreamData = 3,
  /** The body of an HTTP callout's reply. */
  HttpCallResponseBody = 4,
  /** A message received by a gRPC callout. */
  GrpcCallMessage = 5,
  /** `VmConfig.configuration`. */
  VmConfiguration = 6,
  /** `PluginConfig.configuration`. */
  PluginConfiguration = 7,
  /** What a foreign function calls back with. */
  ForeignFunctionArguments = 8,
}

/** The header maps of the host. */
export const enum MapType {
  /** The request's headers. */
  HttpRequestHeaders = 0,
  /** The request's trailers. */
  HttpRequestTrailers = 1,
  /** The response's headers. */
  HttpResponseHeaders = 2,
  /** The response's trailers. */
  HttpResponseTrailers = 3,
  /** Initial metadata received by a gRPC callout. */
  GrpcCallInitialMetadata = 4,
  /** Trailing metadata received by a gRPC callout. */
  GrpcCallTrailingMetadata = 5,
  /** Headers of an HTTP callout's reply. */
  HttpCallResponseHeaders = 6,
  /** Trailers of an HTTP callout's reply. */
  HttpCallResponseTrailers = 7,
}

/** The halves of a stream that can be continued or closed. */
export const enum StreamType {
  /** From the client to the upstream. */
  HttpRequest = 0,
  /** From the upstream to the client. */
  HttpResponse = 1,
  /** The client's TCP connection. */
  Downstream = 2,
  /** The server's TCP connection. */
  Upstream = 3,
}

/** The kinds of metric. */
export const enum MetricType {
  /** Only grows. */
  Counter = 0,
  /** Goes up and down. */
  Gauge = 1,
  /** Values are put into buckets. */
  Histogram = 2,
}
