// Whether two sources ask for the same, by the same rights: what one may have another need not.
import { createHash } from "node:crypto";
import type { ModuleSource } from "../model/plugins.ts";

export function sourceKey({ url, sha256, credential, verificationKey }: ModuleSource): string {
  const rights = credential && [credential.username, credential.password.reveal()];
  return sha256Of(JSON.stringify([url, sha256, rights, verificationKey]));
}

/** Hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
