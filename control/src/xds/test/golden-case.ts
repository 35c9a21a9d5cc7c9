// Reads a golden case: a model in YAML with only what matters to it, completed with plain defaults. Secrets are written
// by their source, and their value is this marker, which no golden file may hold.
import { parse } from "yaml";
import type { Model, Route, Target } from "../../model/model.ts";
import { surfaces } from "../../model/model.ts";
import { Secret, type SecretSource } from "../../model/secret.ts";

export const secretMarker = "the-secret-value";

const gateway = {
  address: "127.0.0.1",
  port: 8080,
  bodyBytesMax: 32 * 1024 * 1024,
  accessLog: { path: "/dev/stdout" },
};

const target = {
  provider: "openai",
  dialect: "openai",
  tls: null,
  basePath: "/v1",
  surfaces: [...surfaces],
  paths: {},
  credential: null,
  headers: [],
  modelMapping: [],
  quirks: [],
};

const timeouts = { connectMs: 5000, firstByteMs: 0, idleMs: 300_000 };

/** The whole model of a case. */
export function readCase(text: string): Model {
  const written = parse(text, reviveSecret) as Model;
  return {
    gateway: { ...gateway, ...written.gateway },
    targets: written.targets.map((t: Target) => ({ ...target, ...t, timeouts: { ...timeouts, ...t.timeouts } })),
    routes: written.routes.map((r: Route) => ({ ...r, hosts: r.hosts ?? [], headers: r.headers ?? [] })),
  };
}

/** `{ env: NAME }`, `{ file: PATH }` and `{ literal: true }` stand for secrets where a secret may stand. */
function reviveSecret(key: unknown, value: unknown): unknown {
  if ((key !== "secret" && key !== "value") || typeof value !== "object" || value === null) return value;
  const { env, file } = value as { env?: string; file?: string };
  const source: SecretSource = env
    ? { kind: "env", name: env }
    : file
      ? { kind: "file", path: file }
      : { kind: "literal" };
  return new Secret(secretMarker, source);
}
