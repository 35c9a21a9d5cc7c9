// The clusters of last resort: one for each text. Their plugin answers before anything is sent, so their only address
// is the dead end.
import type { Model } from "../model/model.ts";
import { lastResortCluster } from "./cluster-name.ts";
import { lastResortName } from "./filters/ai-proxy.ts";
import { upstreamFilters } from "./filters/order.ts";
import { concurrencyLimits, deadEnd } from "./resilience.ts";
import { typed, type NamedResource } from "./resources.ts";

export function translateLastResorts(model: Model): NamedResource[] {
  return model.lastResorts.map(lastResortCluster).map((name) => ({
    name,
    resource: {
      name,
      alt_stat_name: lastResortName,
      type: "STATIC",
      connect_timeout: "1s",
      load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [deadEnd] }] },
      typed_extension_protocol_options: {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
          "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
          {
            explicit_http_config: { http_protocol_options: {} },
            http_filters: upstreamFilters.map((filter) => filter.chain),
          },
        ),
      },
      circuit_breakers: concurrencyLimits(0),
    },
  }));
}
