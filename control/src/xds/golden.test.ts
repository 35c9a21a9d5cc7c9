// Golden cases: each testdata/<case>.model.yaml is translated and compared with the files beside it. GOLDEN=update
// rewrites them and deletes those without a case.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import type { Model } from "../model/model.ts";
import type { ForeignPlugin } from "../model/plugins.ts";
import type { Secret } from "../model/secret.ts";
import type { PluginModule } from "./options.ts";
import { encodeResource } from "./registry.ts";
import { type NamedResource, type Resources, typeUrls } from "./resources.ts";
import { readCase, secretMarker } from "./test/golden-case.ts";
import { translate } from "./translate.ts";

const folder = join(import.meta.dirname, "testdata");
const isUpdate = process.env.GOLDEN === "update";
const cases = readdirSync(folder).flatMap((file) => /^(.+)\.model\.yaml$/.exec(file)?.[1] ?? []);

const kinds = {
  listeners: typeUrls.listener,
  routes: typeUrls.route,
  clusters: typeUrls.cluster,
  extensions: typeUrls.extension,
};

const options = {
  reveal: (secret: Secret) => (secret.reveal() === secretMarker ? "[redacted]" : secret.reveal()),
  modules: ({ name }: ForeignPlugin): PluginModule | null =>
    name.startsWith("absent")
      ? null
      : { source: { kind: "local", path: `/plugins/${name}.wasm` }, hasHigressRules: name.startsWith("higress") },
  plugins: {
    "ai-proxy": { kind: "local", path: "/plugins/ai-proxy-0123.wasm" },
    "ai-fallback": { kind: "local", path: "/plugins/ai-fallback-4567.wasm" },
    budget: { kind: "local", path: "/plugins/budget-4567.wasm" },
    "key-auth": { kind: "local", path: "/plugins/key-auth-89ab.wasm" },
    "token-ratelimit": { kind: "local", path: "/plugins/token-ratelimit-cdef.wasm" },
    recorder: { kind: "local", path: "/plugins/recorder-abcd.wasm" },
    "mcp-bridge": { kind: "local", path: "/plugins/mcp-bridge-cdef.wasm" },
  },
} as const;

function modelOf(name: string): Model {
  return readCase(readFileSync(join(folder, `${name}.model.yaml`), "utf8"));
}

/** JSON inside a string is laid out, so that a changed field is a changed line. */
function readable(key: unknown, value: unknown): unknown {
  const isJson = typeof value === "string" && (key === "value" || key === "inline_string") && value.startsWith("{");
  return isJson ? `${JSON.stringify(JSON.parse(value), null, 2)}\n` : value;
}

function render(list: NamedResource[]): string {
  const resources = list.map(({ resource }) => resource);
  return stringify(resources, readable, { lineWidth: 0, aliasDuplicateObjects: false });
}

function goldenFiles(name: string): [path: string, text: string][] {
  const resources: Resources = translate(modelOf(name), options);
  return Object.entries(kinds).map(([kind, typeUrl]) => [
    join(folder, `${name}.${kind}.yaml`),
    render(resources[typeUrl] ?? []),
  ]);
}

describe.each(cases)("golden case %s", (name) => {
  test("is translated as written", () => {
    for (const [path, text] of goldenFiles(name)) {
      if (isUpdate) writeFileSync(path, text);
      expect(text).toBe(readFileSync(path, "utf8"));
    }
  });

  test("holds no secret, and fits Envoy's definitions", () => {
    for (const [kind, typeUrl] of Object.entries(kinds)) {
      const text = readFileSync(join(folder, `${name}.${kind}.yaml`), "utf8");
      expect(text).not.toContain(secretMarker);
      for (const resource of parse(text) as object[]) encodeResource(typeUrl, resource);
    }
  });

  test("does not change what it is given, and gives the same twice", () => {
    const model = modelOf(name);
    const before = stringify(model);
    expect(translate(model, options)).toEqual(translate(model, options));
    expect(stringify(model)).toBe(before);
  });
});

test("every golden file has its case", () => {
  const known = new Set(
    cases.flatMap((name) => [...Object.keys(kinds), "model"].map((kind) => `${name}.${kind}.yaml`)),
  );
  const orphans = readdirSync(folder).filter((file) => !known.has(file));
  if (isUpdate) for (const file of orphans) rmSync(join(folder, file));
  else expect(orphans).toEqual([]);
});
