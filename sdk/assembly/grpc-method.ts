// What a gRPC callout calls: a method of a service at an upstream, encoded once and used many times.
import { writeField } from "./bytes/protobuf";
import { Slice } from "./bytes/slice";
import { Writer } from "./bytes/writer";

/**
 * A gRPC method at an upstream. Make it once, at module level or in `onConfigure`:
 * `new GrpcMethod("ratelimit", "envoy.service.ratelimit.v3.RateLimitService", "ShouldRateLimit")`.
 */
@final
export class GrpcMethod {
  /** The upstream as the host wants it: for Envoy a serialized `envoy.config.core.v3.GrpcService`. */
  readonly upstream: Slice;
  /** Full name of the service. */
  readonly service: Slice;
  /** Name of the method. */
  readonly method: Slice;

  /** `cluster` is a cluster of Envoy that speaks HTTP/2. */
  constructor(cluster: string, service: string, method: string) {
    this.upstream = envoyGrpcService(Slice.of(cluster));
    this.service = Slice.of(service);
    this.method = Slice.of(method);
  }
}

/**
 * `GrpcService { envoy_grpc: { cluster_name } }` in protobuf.
 * https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/core/v3/grpc_service.proto
 */
export function envoyGrpcService(cluster: Slice): Slice {
  const inner = new Writer();
  writeField(inner, 1, cluster);
  const outer = new Writer();
  writeField(outer, 1, inner.take());
  return outer.take();
}
