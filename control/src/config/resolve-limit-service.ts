// `gateway.limitService` of the configuration → the one of the model.
import { isAbsolute, join } from "node:path";
import type { LimitService, LimitServiceTls } from "../model/limits.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { GatewayConfig } from "./schema/gateway.ts";
import { readHostPort } from "./schema/host-port.ts";

type ServiceConfig = NonNullable<GatewayConfig["limitService"]>;

const path: Path = ["gateway", "limitService"];

export interface LimitServiceContext {
  references: Map<string, Reference>;
  report: Report;
  baseDir: string;
}

type TlsConfig = NonNullable<ServiceConfig["tls"]>;

function resolveTls(
  { sni, caFile, certFile, keyFile }: TlsConfig,
  host: string,
  { report, baseDir }: LimitServiceContext,
): LimitServiceTls {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    const [given, missing] = certFile === undefined ? ["keyFile", "certFile"] : ["certFile", "keyFile"];
    const message = `${given} needs ${missing}: a certificate is of no use without its key`;
    report.error([...path, "tls", given!], { message, fix: `Add ${missing}, or remove ${given}` });
  }
  const own = certFile !== undefined && keyFile !== undefined ? { certFile, keyFile } : null;
  return {
    sni: sni ?? host,
    caFile: caFile === undefined ? null : absolute(caFile, baseDir),
    clientCertificate: own && {
      certFile: absolute(own.certFile, baseDir),
      keyFile: absolute(own.keyFile, baseDir),
    },
  };
}

export function resolveLimitService(
  { type, address, domain, timeout, token, configFile, tls }: ServiceConfig,
  own: LimitServiceContext,
): LimitService {
  const { references, report, baseDir } = own;
  const { host, port } = readHostPort(address);
  const tokenPath = [...path, "token"];
  if (token !== undefined && !references.has(formatPath(tokenPath))) {
    const fix = "Put it in an environment variable and write ${WEIR_LIMITS_TOKEN}";
    report.warning(tokenPath, { message: "token is written into the file itself", fix });
  }
  if (configFile !== undefined && type === "weir") {
    const fix = "Remove it, or set type: envoyproxy";
    report.warning([...path, "configFile"], { message: "weir limits reads no configuration", fix });
  }
  const secret = token === undefined ? null : toSecret(token, tokenPath, references);
  const file = type === "weir" || configFile === undefined ? null : absolute(configFile, baseDir);
  const place = { host, port, tls: tls ? resolveTls(tls, host, own) : null };
  return { type, ...place, domain, timeoutMs: timeout, token: secret, configFile: file };
}

function absolute(file: string, baseDir: string): string {
  return isAbsolute(file) ? file : join(baseDir, file);
}
