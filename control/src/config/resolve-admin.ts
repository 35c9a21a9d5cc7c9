// `admin` of the configuration → the model's.
import { isIP } from "node:net";
import type { Admin } from "../model/admin.ts";
import { formatPath } from "./path.ts";
import { toSecret, type Reference } from "./reference.ts";
import type { Report } from "./report.ts";
import type { AdminConfig } from "./schema/admin.ts";

export function resolveAdmin(config: AdminConfig, references: Map<string, Reference>, report: Report): Admin {
  const { address, port } = config;
  if (!isLoopback(address)) {
    const message = "The admin API can be reached from other machines, without TLS";
    report.warning(["admin", "address"], { message, fix: "Keep it on 127.0.0.1, and put a proxy with TLS before it" });
  }
  const names = new Set<string>();
  const tokens = config.tokens.flatMap(({ name, token, readBodies }, index) => {
    const path = ["admin", "tokens", index];
    if (names.has(name)) {
      report.leftOut([...path, "name"], {
        message: "The name is already taken",
        fix: "Give each one a name of its own",
      });
      return [];
    }
    names.add(name);
    const tokenPath = [...path, "token"];
    if (!references.has(formatPath(tokenPath))) {
      const fix = "Put it in an environment variable and write ${WEIR_ADMIN_TOKEN}";
      report.warning(tokenPath, { message: "token is written into the file itself", fix });
    }
    return [{ name, token: toSecret(token, tokenPath, references), readBodies }];
  });
  return { address, port, tokens, database: null };
}

function isLoopback(address: string): boolean {
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}
