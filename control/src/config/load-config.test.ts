import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { secretsOf } from "../model/credential.ts";
import type { Model } from "../model/model.ts";
import type { Secret } from "../model/secret.ts";
import { readFingerprint } from "./fingerprint.ts";
import { loadConfig, parseConfig } from "./load-config.ts";

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "weir-config-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

/** The first target's only secret. */
function keyOf(model: Model | null): Secret {
  return secretsOf(model!.targets[0]!.credential!)[0]![1];
}

const minimal = "providers: [{ name: a, type: simulated }]\nroutes: [{ name: r, targets: [{ provider: a }] }]\n";

describe("loadConfig()", () => {
  test("says that a file is not there, at no line", async () => {
    const file = join(folder, "none.yaml");
    const { model, problems, files } = await loadConfig(file, { env: {} });
    expect(model).toBeNull();
    expect(problems).toMatchObject([{ severity: "error", file, line: 0, message: "The file cannot be read (ENOENT)" }]);
    expect(files).toEqual([file]);
  });

  test("says that a folder is not a file", async () => {
    const { problems } = await loadConfig(folder, { env: {} });
    expect(problems).toMatchObject([{ message: "The file cannot be read (EISDIR)" }]);
  });

  // The superuser may read everything.
  test.skipIf(process.getuid?.() === 0)("says that a file may not be read", async () => {
    const file = write("closed.yaml", minimal);
    chmodSync(file, 0);
    const { problems } = await loadConfig(file, { env: {} });
    expect(problems).toMatchObject([{ message: "The file cannot be read (EACCES)" }]);
  });

  test("refuses a huge file without reading it", async () => {
    const file = write("huge.yaml", Buffer.alloc(5 * 1024 * 1024, "#"));
    const { model, problems } = await loadConfig(file, { env: {} });
    expect(model).toBeNull();
    expect(problems).toMatchObject([{ message: "The file cannot be read (EFBIG)" }]);
  });

  test("reads a large file in seconds", async () => {
    const routes = Array.from(
      { length: 5000 },
      (_, i) => `  - { name: r${i}, models: [m${i}], targets: [{ provider: a }] }`,
    );
    const file = write("large.yaml", `providers: [{ name: a, type: simulated }]\nroutes:\n${routes.join("\n")}\n`);
    const { model, problems } = await loadConfig(file, { env: {} });
    expect(problems).toEqual([]);
    expect(model?.routes).toHaveLength(5000);
  });

  test("resolves file references from the file's own folder, and remembers them", async () => {
    const key = write("openai.key", "sk-secret\n");
    const yaml = `providers: [{ name: a, type: openai, apiKey: "\${file:openai.key}" }]\nroutes: [{ name: r, targets: [{ provider: a }] }]`;
    const file = write("with-key.yaml", yaml);
    const loaded = await loadConfig(file, { env: {} });
    const secret = keyOf(loaded.model);
    expect(secret.reveal()).toBe("sk-secret");
    expect(secret.source).toEqual({ kind: "file", path: "openai.key" });
    expect(loaded.files).toEqual([file, key]);
    expect(await readFingerprint(loaded.files)).toBe(loaded.fingerprint);
    write("openai.key", "sk-other\n");
    expect(await readFingerprint(loaded.files)).not.toBe(loaded.fingerprint);
  });

  test("the fingerprint tells a file that cannot be read from one that can", async () => {
    const file = join(folder, "comes-and-goes.yaml");
    const { fingerprint, files } = await loadConfig(file, { env: {} });
    expect(await readFingerprint(files)).toBe(fingerprint);
    write("comes-and-goes.yaml", minimal);
    expect(await readFingerprint(files)).not.toBe(fingerprint);
  });
});

describe("parseConfig()", () => {
  const options = { env: { KEY: "sk-secret-value", TEAM: "a" } };

  test("a secret knows whether Envoy could read it itself", () => {
    const source = (apiKey: string) => {
      const yaml = `providers:\n  - name: a\n    type: openai\n    apiKey: ${apiKey}\nroutes: [{ name: r, targets: [{ provider: a }] }]`;
      return keyOf(parseConfig(yaml, "weir.yaml", options).model).source;
    };
    expect(source("${KEY}")).toEqual({ kind: "env", name: "KEY" });
    expect(source("${KEY:-default}")).toEqual({ kind: "env", name: "KEY" });
    expect(source("${UNSET:-default}")).toEqual({ kind: "literal" });
    expect(source("a-${KEY}")).toEqual({ kind: "literal" });
    expect(source("plain")).toEqual({ kind: "literal" });
  });

  test("a secret prints redacted, whichever way it is printed", () => {
    const yaml = `providers: [{ name: a, type: openai, apiKey: "\${KEY}" }]\nroutes: [{ name: r, targets: [{ provider: a }] }]`;
    const { model } = parseConfig(yaml, "weir.yaml", options);
    const printed = inspect(model, { depth: null, showHidden: true }) + JSON.stringify(model);
    expect(printed + String(keyOf(model))).not.toContain("sk-secret-value");
  });

  test("a mistyped key's value is nowhere in the problems", () => {
    const yaml =
      "providers:\n  - name: a\n    type: openai\n    apikey: hunter2\n    api_key: hunter2\n    key: [hunter2]\n";
    expect(JSON.stringify(parseConfig(yaml, "weir.yaml", options).problems)).not.toContain("hunter2");
  });

  test("reports at most a hundred problems, and how many more there are", () => {
    const yaml = `providers:\n${"  - {}\n".repeat(200)}routes: []\n`;
    const { problems } = parseConfig(yaml, "weir.yaml", options);
    expect(problems).toHaveLength(101);
    expect(problems.map(({ message }) => message)).toContain("301 more problems are not shown");
  });

  test.each([
    ["deep flow nesting", "[".repeat(100_000)],
    ["deep block nesting", Array.from({ length: 3000 }, (_, i) => `${" ".repeat(i)}a:\n`).join("")],
    ["many aliases", `a: &a x\nb: [${"*a,".repeat(150_000)}]`],
    ["an alias to itself", "a: &a [*a]"],
    ["a merge of itself", "a: &a\n  <<: *a\n"],
    ["many unknown fields", Array.from({ length: 20_000 }, (_, i) => `k${i}: v`).join("\n")],
    ["a line of a million characters", `a: ${"{".repeat(10)}${"x".repeat(1_000_000)}`],
  ])("is not stopped by %s", (_, yaml) => {
    const { model, problems } = parseConfig(yaml, "weir.yaml", options);
    expect(model).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
  });

  test("points at the parent of a missing field, and at the name of an unknown one", () => {
    const yaml = "providers:\n  - type: simulated\n    nmae: a\nroutes:\n  - name: r\n    targets:\n      - {}\n";
    const places = parseConfig(yaml, "weir.yaml", options).problems.map(
      ({ line, column, path }) => `${line}:${column} ${path}`,
    );
    expect(places).toEqual(["2:5 providers[0].name", "3:5 providers[0].nmae", "7:9 routes[0].targets[0].provider"]);
  });

  test("does not look into the environment's prototype", () => {
    const yaml = 'providers: [{ name: a, type: openai, apiKey: "${toString}" }]\nroutes: []';
    const { problems } = parseConfig(yaml, "weir.yaml", options);
    expect(problems[0]!.message).toBe("The environment variable toString is not set");
  });
});
