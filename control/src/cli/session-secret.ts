// What sessions of MCP clients are encrypted with where the configuration says nothing: made once, and kept where only
// this user reads it, so that sessions outlive the control plane and every Envoy of its fleet.
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../model/secret.ts";

const file = "mcp-session.key";

/** Where it can be neither read nor kept it lasts as long as this process. */
export function keptSessionSecret(folder: string): Secret {
  const path = join(folder, file);
  const made = randomBytes(32).toString("hex");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Of several that start at once one makes it.
    writeFileSync(path, made, { flag: "wx", mode: 0o600 });
  } catch {
    // It is there already, or the next line says that it cannot be.
  }
  try {
    const kept = readFileSync(path, "utf8").trim();
    if (kept.length >= 32) return new Secret(kept, { kind: "file", path });
  } catch {
    // Nothing is kept.
  }
  return new Secret(made, { kind: "literal" });
}
