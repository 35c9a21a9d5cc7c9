// Reads a golden case: a model in YAML with only what matters to it, completed with plain defaults. Secrets are written
// by their source, and their value is this marker, which no golden file may hold.
import { parse } from "yaml";
import type { Model, Route, Target } from "../../model/model.ts";
import { openAiSurfaces } from "../../model/surface.ts";
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
  dialect: "openai-chat",
  tls: null,
  basePath: "/v1",
  surfaces: [...openAiSurfaces],
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
    targets: written.targets.map((t: Target) => ({
      ...target,
      ...t,
      headers: (t.headers ?? []).map((header) => ({ ...header, ifAbsent: header.ifAbsent ?? false })),
      timeouts: { ...timeouts, ...t.timeouts },
    })),
    routes: written.routes.map((r: Route) => ({ ...r, hosts: r.hosts ?? [], headers: r.headers ?? [] })),
  };
}

/** `{ env: NAME }`, `{ file: PATH }` and `{ literal: true }` stand for secrets. */
function reviveSecret(_key: unknown, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.keys(value).length !== 1) return value;
  const { env, file, literal } = value as { env?: string; file?: string; literal?: boolean };
  const source: SecretSource | null = env
    ? { kind: "env", name: env }
    : file
      ? { kind: "file", path: file }
      : literal
        ? { kind: "literal" }
        : null;
  return source ? new Secret(secretMarker, source) : value;
}
