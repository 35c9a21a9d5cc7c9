// Certificates of authorities, written out: what a file of them holds, for whoever has it from elsewhere than a file.
import { X509Certificate } from "node:crypto";
import { kindOf, Mistake, scalar } from "./scalar.ts";

const block = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
const fix = "Give one or more certificates, each from BEGIN CERTIFICATE to END CERTIFICATE";

/** Of what else is in the text nothing is kept, and a private key has no business there. */
export const authorities = () =>
  scalar({ form: "PEM text", type: "string" }, (value) => {
    if (typeof value !== "string") return new Mistake(`must be text, not ${kindOf(value)}`, fix);
    if (value.includes("PRIVATE KEY")) return new Mistake("has a private key in it", "Give the certificates alone");
    const blocks = value.match(block) ?? [];
    if (blocks.length === 0) return new Mistake("has no certificate in PEM", fix);
    const isWhole = blocks.every((text) => isCertificate(text));
    return isWhole ? `${blocks.join("\n")}\n` : new Mistake("has a certificate that cannot be read", fix);
  });

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).raw.length > 0;
  } catch {
    return false;
  }
}
