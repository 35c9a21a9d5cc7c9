// The SDK's one entry: `import { … } from "@weir/sdk/assembly";`. The exports a host calls are apart, in exports/.
export {
  BufferType,
  DataStatus,
  HeadersStatus,
  LogLevel,
  MapType,
  MetricType,
  PeerType,
  Status,
  StreamType,
  TcpStatus,
  TrailersStatus,
} from "./abi";
export { BodyBuffer, downstreamData, foreignFunctionArguments, requestBody, responseBody, upstreamData } from "./body";
export { Callout } from "./callout";
export { nowMs, nowNanos, setTickPeriodMs } from "./clock";
export { Context, ContextKind } from "./context";
export { effectiveContextId } from "./context-table";
export { environment } from "./environment";
export { callForeignFunction, clearRouteCache } from "./foreign-function";
export { GrpcCall } from "./grpc-call";
export { GrpcMethod } from "./grpc-method";
export { GrpcStream } from "./grpc-stream";
export { HEADER_BYTES_MAX, HEADER_FIELDS_MAX, HeaderList } from "./header-list";
export {
  calloutHeaders,
  calloutTrailers,
  grpcInitialMetadata,
  grpcTrailingMetadata,
  HeaderMap,
  requestHeaders,
  requestTrailers,
  responseHeaders,
  responseTrailers,
} from "./header-map";
export { HttpCallout } from "./http-callout";
export { HttpContext } from "./http-context";
export { LEASE_NANOS, LeasedCount } from "./leased-count";
export { isLogged, log, logCritical, logDebug, logError, logInfo, logLevel, logTrace, logWarn } from "./log";
export { Counter, Gauge, Histogram, Metric } from "./metrics";
export {
  getBooleanProperty,
  getIntegerProperty,
  getProperty,
  getTextProperty,
  propertyPath,
  setProperty,
} from "./property";
export { randomBytes, randomNumber } from "./random";
export { registerRoot } from "./registry";
export { RootContext } from "./root-context";
export { SharedData, sharedData, SharedValue } from "./shared-data";
export { SharedQueue } from "./shared-queue";
export { signSha256 } from "./signature";
export {
  closeDownstream,
  closeRequest,
  closeResponse,
  closeUpstream,
  continueDownstream,
  continueRequest,
  continueResponse,
  continueUpstream,
  sendLocalResponse,
} from "./stream";
export { TcpContext } from "./tcp-context";

export { SignedRequest } from "./aws/canonical-request";
export { EventHeader, EventHeaderType, EventMessage } from "./aws/event-message";
export { EVENT_HEADERS_BYTES_MAX, EVENT_MESSAGE_BYTES_MAX, EventStreamSplitter } from "./aws/event-stream";
export { AwsCredentials, AwsSignature, AwsSigner } from "./aws/sigv4";

export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from "./bytes/base64";
export { Fault, FaultCode } from "./bytes/fault";
export { decodeHex, encodeHex } from "./bytes/hex";
export { parseHttpDate } from "./bytes/http-date";
export { isDigit, isInteger, parseInteger } from "./bytes/integer";
export { headerParameter, mediaTypeEssence } from "./bytes/media-type";
export { Multipart, MULTIPART_PARTS_MAX, MultipartPart } from "./bytes/multipart";
export { parseNumber } from "./bytes/number-parse";
export { decodeForm, decodePercent, encodePercent } from "./bytes/percent";
export { Slice } from "./bytes/slice";
export { isUtf8, malformedAt } from "./bytes/utf8";
export { Writer } from "./bytes/writer";

export { ChaCha20Poly1305 } from "./crypto/chacha20-poly1305";
export { crc32 } from "./crypto/crc32";
export { equalBytes } from "./crypto/equal-bytes";
export { hmac, HmacHash } from "./crypto/hmac";
export { HmacSha256, hmacSha256 } from "./crypto/hmac-sha256";
export { md5 } from "./crypto/md5";
export { sha1 } from "./crypto/sha1";
export { Sha256, sha256 } from "./crypto/sha256";
export { sha512 } from "./crypto/sha512";

export { endsInEscape, stringEnd } from "./json/chunked-string";
export { JsonEdit } from "./json/edit";
export { JsonFields } from "./json/fields";
export { jsonString } from "./json/string";
export { JSON_DEPTH_MAX } from "./json/scan";
export { JSON_NODES_MAX, JsonKind, JsonTape } from "./json/tape";
export { JsonWriter } from "./json/writer";

export { NDJSON_LINE_BYTES_MAX, NdjsonSplitter } from "./ndjson/splitter";

export { Regex, RegexMatch } from "./regex/regex";

export { SseEvent } from "./sse/event";
export { SSE_EVENT_BYTES_MAX, SseSplitter } from "./sse/splitter";
export { writeSseEvent } from "./sse/write";
