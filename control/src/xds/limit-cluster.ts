// The cluster of the service that counts limits for a fleet: gRPC, without any filter in its chain.
import { isIP } from "node:net";
import type { LimitService } from "../model/limits.ts";
import type { Model } from "../model/model.ts";
import { limitClusterName } from "./cluster-name.ts";
import { connectFailures } from "./resilience.ts";
import { duration, typed, type NamedResource, type ProtoJson } from "./resources.ts";

export function translateLimitCluster({ gateway: { limitService } }: Model): NamedResource[] {
  if (!limitService) return [];
  return [{ name: limitClusterName(limitService), resource: clusterOf(limitService) }];
}

function clusterOf(service: LimitService): ProtoJson {
  const name = limitClusterName(service);
  const address = { socket_address: { address: service.host, port_value: service.port } };
  return {
    name,
    alt_stat_name: "limit-service",
    type: isIP(service.host) ? "STATIC" : "STRICT_DNS",
    // A request waits for no longer than this, so nor does a connection.
    connect_timeout: duration(Math.max(service.timeoutMs, 100)),
    lb_policy: "ROUND_ROBIN",
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
        {
          explicit_http_config: {
            http2_protocol_options: { connection_keepalive: { interval: "10s", timeout: "3s" } },
          },
        },
      ),
    },
    outlier_detection: connectFailures,
  };
}
