// Certificates for tests, made with openssl where there is one.
import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";

/** Whether this machine can make certificates; tests that need one are skipped without. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/** The files of a certificate and its key, both PEM. */
export interface SelfSigned {
  certFile: string;
  keyFile: string;
}

/**
 * A certificate that is its own authority, good for a day, in `folder`. `names`, as in `DNS:good.test,IP:127.0.0.1`,
 * are whom it is for; the first is its common name too.
 */
export function selfSigned(folder: string, name: string, names: string): SelfSigned {
  const [certFile, keyFile] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
  const form = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  const commonName = /^\w+:([^,]+)/.exec(names)![1];
  const subject = ["-subj", `/CN=${commonName}`, "-addext", `subjectAltName=${names}`];
  const output = ["-keyout", keyFile, "-out", certFile];
  execFileSync("openssl", ["req", "-x509", ...form, ...subject, ...output], { stdio: "ignore" });
  return { certFile, keyFile };
}
