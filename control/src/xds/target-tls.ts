// TLS to a provider: its certificate must be signed by a trusted authority and be made out to the name we ask for.
import { isIP } from "node:net";
import type { TargetTls } from "../model/model.ts";
import { defaultSystemCaFile, type TranslateOptions } from "./options.ts";
import { extension, type ProtoJson } from "./resources.ts";

export function translateTargetTls(tls: TargetTls, options: TranslateOptions): ProtoJson {
  const isAddress = isIP(tls.sni) !== 0;
  return extension("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    // RFC 6066 section 3: an address is no server name.
    ...(!isAddress && { sni: tls.sni }),
    common_tls_context: {
      tls_params: { tls_minimum_protocol_version: "TLSv1_2" },
      validation_context: {
        trusted_ca:
          tls.ca === undefined
            ? { filename: tls.caFile ?? options.systemCaFile ?? defaultSystemCaFile }
            : { inline_string: tls.ca },
        match_typed_subject_alt_names: [{ san_type: isAddress ? "IP_ADDRESS" : "DNS", matcher: { exact: tls.sni } }],
      },
    },
  });
}
