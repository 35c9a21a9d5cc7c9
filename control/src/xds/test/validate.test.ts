// Every golden case as Envoy itself sees it: the static form passes `envoy --mode validate`, which checks all that the
// definitions alone do not say.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { internalListeners } from "../../../../envoy/bootstrap.ts";
import { findEnvoy } from "../../../../envoy/find-envoy.ts";
import { compileModule } from "../../../../tools/build-plugins.ts";
import { hasOpenssl, selfSigned } from "../../serve/test/self-signed.ts";
import { readCase } from "./golden-case.ts";
import { translateStatic } from "../static.ts";

const cases = join(import.meta.dirname, "..", "testdata");
const folder = mkdtempSync(join(tmpdir(), "weir-validate-"));
const authorities = join(folder, "authorities.pem");
let envoy: string;
let wasm: string;

beforeAll(async () => {
  writeFileSync(authorities, rootCertificates.slice(0, 3).join("\n"));
  if (hasOpenssl) selfSigned(folder, "envoy", "DNS:envoy");
  envoy = (await findEnvoy()).path;
  wasm = (await compileModule("control/src/serve/test/probe/assembly/index.ts")).path;
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The bootstrap of a case, with files of this machine in place of those that it names. */
function bootstrapOf(file: string): string {
  const model = readCase(readFileSync(join(cases, file), "utf8"));
  const static_resources = translateStatic(model, {
    reveal: (secret) => secret.reveal(),
    plugins: Object.fromEntries(
      ["ai-proxy", "key-auth", "budget", "ai-fallback", "token-ratelimit", "recorder", "mcp-bridge"].map((name) => [
        name,
        { kind: "local", path: wasm },
      ]),
    ),
    modules: () => ({ source: { kind: "local", path: wasm }, hasHigressRules: false }),
    systemCaFile: authorities,
  });
  const text = JSON.stringify({ static_resources, bootstrap_extensions: [internalListeners] });
  return text
    .replaceAll("/etc/weir/ca.pem", authorities)
    .replaceAll("/etc/envoy/", `${folder}/`)
    .replaceAll("/var/log/", `${folder}/`);
}

async function validate(bootstrap: string): Promise<string> {
  const path = join(folder, "bootstrap.json");
  writeFileSync(path, bootstrap);
  const args = ["--mode", "validate", "-c", path, "--log-level", "warning"];
  const { stdout, stderr } = await promisify(execFile)(envoy, args).catch((error) => error);
  return stdout + stderr;
}

test.for(readdirSync(cases).filter((file) => file.endsWith(".model.yaml")))(
  "Envoy accepts %s",
  async (file, { skip }) => {
    skip(
      !hasOpenssl && readFileSync(join(cases, file), "utf8").includes("/etc/envoy/"),
      "no openssl makes the certificate",
    );
    const said = await validate(bootstrapOf(file));
    expect(said).toContain("OK");
    // A deprecated field is refused by some later Envoy.
    expect(said).not.toMatch(/deprecated/i);
  },
);

test("Envoy does not accept what it should not", async () => {
  const bad = bootstrapOf("quick-start.model.yaml").replaceAll("LEAST_REQUEST", "CLUSTER_PROVIDED");
  expect(await validate(bad)).not.toContain("OK");
});
