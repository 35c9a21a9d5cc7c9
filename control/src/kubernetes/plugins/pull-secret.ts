// What a pull secret has for a registry.
// https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/
import { Secret } from "../../model/secret.ts";
import type { ModuleCredential } from "../../model/plugins.ts";
import { textOf } from "../certificates.ts";
import type { SecretObject } from "../objects.ts";

interface DockerAuth {
  username?: string;
  password?: string;
  auth?: string;
}

/** Null where it has nothing for it, or is no pull secret. */
export function credentialFor(registry: string, secret: SecretObject): ModuleCredential | null {
  const entries = Object.entries(authsOf(secret));
  const found = entries.find(([key]) => hostOf(key) === hostOf(registry));
  if (!found) return null;
  const [, auth] = found;
  const [username = "", ...rest] = Buffer.from(auth.auth ?? "", "base64")
    .toString("utf8")
    .split(":");
  const password = auth.password ?? rest.join(":");
  const name = auth.username ?? username;
  return name && password ? { username: name, password: new Secret(password, { kind: "literal" }) } : null;
}

function authsOf(secret: SecretObject): Record<string, DockerAuth> {
  const [key, legacy] = [".dockerconfigjson", ".dockercfg"];
  const text = textOf(secret, key) || textOf(secret, legacy);
  try {
    const parsed = JSON.parse(text) as { auths?: Record<string, DockerAuth> } & Record<string, DockerAuth>;
    return parsed.auths ?? (secret.data?.[legacy] ? parsed : {});
  } catch {
    return {};
  }
}

/** Keys may be URLs, and Docker's own registry has three names. */
function hostOf(key: string): string {
  const host = key.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return ["index.docker.io", "registry-1.docker.io"].includes(host) ? "docker.io" : host;
}
