// How an Envoy reaches the control plane: over a socket that only its owner can open, or over the network with a token
// and TLS. Everything that travels here may hold credentials.
import { isIP } from "node:net";

/** The cluster by which Envoy reaches the control plane: aggregated discovery over gRPC, plugins included. */
export const xdsCluster = "weir.xds";

/** The environment variable that holds the token, on both sides. */
export const xdsTokenVariable = "WEIR_XDS_TOKEN";

export interface HostPort {
  /** An IP address or a DNS name. */
  address: string;
  port: number;
}

export interface XdsAddress extends HostPort {
  /** The authority that has signed the control plane's certificate, a file that Envoy reads. Default: no TLS. */
  caFile?: string;
}

export type XdsEndpoint = XdsAddress | { socketPath: string };

type Json = Record<string, unknown>;

const types = "type.googleapis.com/envoy.extensions";

export function buildControlCluster(xds: XdsEndpoint): Json {
  const tls = "socketPath" in xds ? null : transportSocket(xds);
  return {
    name: xdsCluster,
    type: "socketPath" in xds || isIP(xds.address) ? "STATIC" : "STRICT_DNS",
    connect_timeout: "2s",
    ...(tls && { transport_socket: tls }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
        "@type": `${types}.upstreams.http.v3.HttpProtocolOptions`,
        // A control plane that vanished without closing its connection is noticed, and the next one asked.
        explicit_http_config: {
          http2_protocol_options: { connection_keepalive: { interval: "15s", timeout: "5s" } },
        },
        // Whoever can open the socket needs no token.
        ...(!("socketPath" in xds) && { http_filters: [showToken(), upstreamCodec] }),
      },
    },
    load_assignment: {
      cluster_name: xdsCluster,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: endpointAddress(xds) } }] }],
    },
  };
}

/**
 * Envoy takes the token from its environment, so that no bootstrap holds it. The initial metadata of a gRPC service
 * would be the place for it, but Envoy 1.40 sends them as they are written, `%ENVIRONMENT(…)%` and all.
 */
function showToken(): Json {
  const header = { key: "authorization", value: `Bearer %ENVIRONMENT(${xdsTokenVariable})%` };
  return {
    name: "envoy.filters.http.header_mutation",
    typed_config: {
      "@type": `${types}.filters.http.header_mutation.v3.HeaderMutation`,
      mutations: { request_mutations: [{ append: { header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } }] },
    },
  };
}

/** Envoy wants it last in every upstream chain. */
const upstreamCodec: Json = {
  name: "envoy.filters.http.upstream_codec",
  typed_config: { "@type": `${types}.filters.http.upstream_codec.v3.UpstreamCodec` },
};

function endpointAddress(xds: XdsEndpoint): Json {
  if ("socketPath" in xds) return { pipe: { path: xds.socketPath } };
  return { socket_address: { address: xds.address, port_value: xds.port } };
}

function transportSocket({ address, caFile }: XdsAddress): Json | null {
  if (!caFile) return null;
  const isAddress = isIP(address) !== 0;
  return {
    name: "envoy.transport_sockets.tls",
    typed_config: {
      "@type": `${types}.transport_sockets.tls.v3.UpstreamTlsContext`,
      // RFC 6066 section 3: an address is no server name.
      ...(!isAddress && { sni: address }),
      common_tls_context: {
        alpn_protocols: ["h2"],
        tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
        validation_context: {
          trusted_ca: { filename: caFile },
          match_typed_subject_alt_names: [{ san_type: isAddress ? "IP_ADDRESS" : "DNS", matcher: { exact: address } }],
        },
      },
    },
  };
}
