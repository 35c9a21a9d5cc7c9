// A control plane, an Envoy that joins it, and a provider behind both: what the tests of this folder run on.
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { buildBootstrap } from "../../../../envoy/bootstrap.ts";
import { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import { findEnvoy } from "../../../../envoy/find-envoy.ts";
import { compileModule, repositoryRoot } from "../../../../tools/build-plugins.ts";
import type { Model, Route, Target } from "../../model/model.ts";
import { plainRoute, plainTarget } from "../../model/test/plain.ts";
import type { PluginSource } from "../../xds/plugin-source.ts";
import type { Resources } from "../../xds/resources.ts";
import { translate } from "../../xds/translate.ts";
import type { AdsServer } from "../ads-server.ts";

export type Transport = "DELTA_GRPC" | "GRPC";

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

export function target(name: string, port: number, more: Partial<Target> = {}): Target {
  const timeouts = { connectMs: 1000, firstByteMs: 0, idleMs: 60_000 };
  return { ...plainTarget, name, port, authority: `${name}.test`, timeouts, ...more };
}

/** Serves every model under `/<name>` from the target of that name, or from `target`. */
export function route(name: string, { target = name, ...more }: Partial<Route> & { target?: string } = {}): Route {
  return { ...plainRoute(name, target), pathPrefix: `/${name}`, ...more };
}

export async function probePlugins(): Promise<Record<string, PluginSource>> {
  const { bytes } = await compileModule("control/src/serve/test/probe/assembly/index.ts");
  return Object.fromEntries(
    ["ai-proxy", "key-auth", "budget", "ai-fallback", "token-ratelimit", "recorder", "mcp-bridge"].map((name) => [
      name,
      { kind: "inline", bytes },
    ]),
  );
}

/** Public authorities in a file, wherever this machine has its own. */
function authoritiesFile(): string {
  const path = join(repositoryRoot, ".cache", "public-authorities.pem");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rootCertificates.join("\n"));
  return path;
}

/** The resources of `model`, with the probe in place of every plugin. */
export async function resourcesOf(model: Model): Promise<Resources> {
  const systemCaFile = authoritiesFile();
  return translate(model, { plugins: await probePlugins(), reveal: (secret) => secret.reveal(), systemCaFile });
}

export async function startProvider(listener: RequestListener): Promise<{ port: number; close(): void }> {
  const server = createServer(listener);
  const port = await listening(server);
  return { port, close: () => void (server.closeAllConnections(), server.close()) };
}

export async function startEnvoy(nodeId: string, xdsPort: number, transport: Transport): Promise<EnvoyProcess> {
  const envoy = new EnvoyProcess({
    path: (await findEnvoy()).path,
    concurrency: 1,
    bootstrap: (admin) =>
      withTransport(buildBootstrap({ nodeId, admin, xds: { address: "127.0.0.1", port: xdsPort } }), transport),
  });
  await envoy.start();
  return envoy;
}

function withTransport(bootstrap: any, transport: Transport): object {
  bootstrap.dynamic_resources.ads_config.api_type = transport;
  return bootstrap;
}

/** Waits until `condition` holds, at most ten seconds. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await pause(20);
  }
}

/** Whether every Envoy runs on all of what was published last. */
export function isInForce(ads: AdsServer): boolean {
  const connected = ads.status().filter(({ disconnectedAt }) => disconnectedAt === null);
  return (
    connected.length > 0 &&
    connected.every(({ resources }) =>
      [...ads.snapshot].every(([, byName]) =>
        [...byName.values()].every(({ name, version }) =>
          resources.some((r) => r.name === name && r.version === version && r.state === "accepted"),
        ),
      ),
    )
  );
}
