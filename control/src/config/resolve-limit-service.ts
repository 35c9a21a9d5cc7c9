// `gateway.limitService` of the configuration → the one of the model.
import type { LimitService } from "../model/limits.ts";
import { formatPath, type Path } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { GatewayConfig } from "./schema/gateway.ts";

type ServiceConfig = NonNullable<GatewayConfig["limitService"]>;

const path: Path = ["gateway", "limitService"];

export function resolveLimitService(
  { address, domain, timeout, token }: ServiceConfig,
  references: Map<string, Reference>,
  report: Report,
): LimitService {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[(.*)\]$/, "$1");
  const tokenPath = [...path, "token"];
  if (token !== undefined && !references.has(formatPath(tokenPath))) {
    const fix = "Put it in an environment variable and write ${WEIR_LIMITS_TOKEN}";
    report.warning(tokenPath, { message: "token is written into the file itself", fix });
  }
  const secret = token === undefined ? null : toSecret(token, tokenPath, references);
  return { host, port: Number(address.slice(colon + 1)), domain, timeoutMs: timeout, token: secret };
}
