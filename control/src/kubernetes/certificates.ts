// TLS Secrets as certificates, checked before Envoy sees them: one that is wrong would cost its listener.
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { Certificate } from "../model/web.ts";
import { Secret } from "../model/secret.ts";
import type { Objects, SecretObject } from "./objects.ts";

/** Null where there is none of the name, or it is not one. */
export function certificateFrom(objects: Objects, namespace: string, name: string): Certificate | null {
  const object = objects.Secret.get(`${namespace}/${name}`);
  if (!object) return null;
  const chain = textOf(object, "tls.crt");
  const key = textOf(object, "tls.key");
  if (!isPair(chain, key)) return null;
  return { name: `${namespace}/${name}`, chain, key: new Secret(key, { kind: "literal" }) };
}

export function textOf({ data }: SecretObject, key: string): string {
  return Buffer.from(data?.[key] ?? "", "base64").toString("utf8");
}

function isPair(chain: string, key: string): boolean {
  const known = pairs.get(chain);
  if (known?.key === key) return known.isPair;
  const result = { key, isPair: checkPair(chain, key) };
  if (pairs.size > 10_000) pairs.clear();
  pairs.set(chain, result);
  return result.isPair;
}

/** Of chains that were looked at: everything is translated anew whenever anything changes. */
const pairs = new Map<string, { key: string; isPair: boolean }>();

function checkPair(chain: string, key: string): boolean {
  try {
    return new X509Certificate(chain).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

/** Whether it is PEM with at least one certificate in it. */
export function areAuthorities(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}
