// Certificates of servers and, to backends, of the gateway: secrets that Envoy knows by name.
import type { Model } from "../../model/model.ts";
import type { BackendTls, Certificate, Web } from "../../model/web.ts";
import { defaultSystemCaFile, type TranslateOptions } from "../options.ts";
import { extension, fromAds, type NamedResource, type ProtoJson } from "../resources.ts";

/** How a TLS context names one. */
export function certificateOf({ name }: Certificate): ProtoJson {
  return { name, sds_config: { ...fromAds, initial_fetch_timeout: "0s" } };
}

export function translateSecrets(model: Model, { reveal }: TranslateOptions): NamedResource[] {
  return [...certificates(model.web)].map(([name, { chain, key }]) => ({
    name,
    resource: {
      name,
      tls_certificate: {
        certificate_chain: { inline_string: chain },
        private_key: { inline_string: reveal(key) },
      },
    },
  }));
}

/** Each once. */
function certificates(web: Web | undefined): Map<string, Certificate> {
  const chains = (web?.listeners ?? []).flatMap((listener) => listener.chains);
  const all = [
    ...chains.flatMap(({ tls }) => tls?.certificates ?? []),
    ...(web?.backends ?? []).flatMap(({ tls }) => tls?.certificate ?? []),
  ];
  return new Map(all.map((certificate) => [certificate.name, certificate]));
}

export function backendTls(tls: BackendTls, { systemCaFile }: TranslateOptions): ProtoJson {
  const { serverName, authorities, names, certificate } = tls;
  const system = { filename: systemCaFile ?? defaultSystemCaFile };
  const wanted = names.length > 0 ? names : serverName ? [{ type: "DNS", value: serverName }] : [];
  return extension("envoy.transport_sockets.tls", "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext", {
    ...(serverName && { sni: serverName }),
    common_tls_context: {
      ...(certificate && { tls_certificate_sds_secret_configs: [certificateOf(certificate)] }),
      ...(authorities && {
        validation_context: {
          trusted_ca: authorities === "system" ? system : { inline_string: authorities.pem },
          match_typed_subject_alt_names: wanted.map(({ type, value }) => ({
            san_type: type,
            matcher: { exact: value },
          })),
        },
      }),
    },
  });
}
