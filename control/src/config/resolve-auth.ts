// `gateway.auth` and the consumers of the configuration → who may call.
import type { Auth, Consumer } from "../model/auth.ts";
import { resolveJwt, type JwtContext } from "./resolve-jwt.ts";
import type { GatewayConfig } from "./schema/gateway.ts";

interface AuthContext extends JwtContext {
  /** Whether no other consumers come from elsewhere. */
  isFinal: boolean;
}

export function resolveAuth(config: GatewayConfig["auth"], consumers: Consumer[], context: AuthContext): Auth {
  const { isFinal, report } = context;
  const jwt = resolveJwt(config.jwt, ["gateway", "auth", "jwt"], context);
  if (isFinal && consumers.length === 0 && jwt.length === 0 && !report.isBroken(["consumers"])) {
    const message = "There is no consumer, so every request is refused";
    report.warning(["consumers"], { message, fix: "Add one, or remove the section to let everybody in" });
  }
  const { clockSkew: clockSkewMs, ...hmac } = config.hmac;
  const [keyHeaders, keyQuery] = [[...new Set(config.keyHeaders)], config.keyQuery ?? null];
  return { keyHeaders, keyQuery, jwt, hmac: { ...hmac, clockSkewMs }, consumers };
}
