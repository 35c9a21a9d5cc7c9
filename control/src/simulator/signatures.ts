// Signatures of thoughts. A provider takes back only what it made itself, unchanged; so does the simulator, without
// remembering anything: a signature is an HMAC over what it signs.
import { createHmac } from "node:crypto";

/** Not a secret: it only has to differ from what anybody else writes. */
const key = "weir-simulator";

/** Base64. `family` keeps one provider's signatures from being another's. */
export function sign(family: string, content: string): string {
  return createHmac("sha512", key).update(`${family}\n${content}`).digest("base64");
}

export function isSigned(family: string, content: string, signature: unknown): boolean {
  return signature === sign(family, content);
}

/** Opaque base64 that `unseal` can tell to be our own: redacted thinking, encrypted reasoning, thought signatures. */
export function seal(family: string, content: string): string {
  return Buffer.from(JSON.stringify([content, sign(family, content)])).toString("base64");
}

/** What was sealed, or null for what is not ours or was changed. */
export function unseal(family: string, sealed: unknown): string | null {
  try {
    const [content] = JSON.parse(Buffer.from(String(sealed), "base64").toString()) as [string];
    return seal(family, content) === sealed ? content : null;
  } catch {
    return null;
  }
}
