// Writes what `weir build` makes.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { buildStaticBootstrap } from "../../../envoy/bootstrap.ts";
import { envoyVersion, envoyVersionMin } from "../../../envoy/pin.ts";
import { marketFile } from "../market/market-file.ts";
import type { KeptModule } from "../modules/kept-source.ts";
import type { Model } from "../model/model.ts";
import { listenerStatPrefix } from "../xds/listener.ts";
import { environmentNames } from "../xds/credential-environment.ts";
import { translateStatic } from "../xds/static.ts";
import type { PluginFile } from "./plugin-files.ts";
import { ratelimitYaml } from "./ratelimit-file.ts";

const ratelimitFile = "ratelimit.yaml";
const marketFileName = "market.json";
export const digestsFile = "SHA256SUMS";

export interface BuildOptions {
  folder: string;
  model: Model;
  plugins: PluginFile[];
  /** By the names of foreign plugins. */
  modules?: ReadonlyMap<string, KeptModule>;
  /** Default: no admin interface. */
  adminPort?: number;
}

/** Gives the names of the environment variables that the Envoy of this build reads its credentials from. */
export async function writeBuild(options: BuildOptions): Promise<{ environment: string[] }> {
  const { folder, model, plugins } = options;
  const environment = environmentNames(model);
  await mkdir(folder, { recursive: true });
  const digests = await copyPlugins(plugins, folder);
  for (const [name, { bytes, sha256 }] of options.modules ?? []) {
    await writeFile(join(folder, moduleFile(name)), bytes);
    digests[moduleFile(name)] = sha256;
  }
  const yaml = stringify(staticEnvoy(options), { aliasDuplicateObjects: false, lineWidth: 0 });
  await writeFile(join(folder, "envoy.yaml"), yaml);
  digests["envoy.yaml"] = digestOf(Buffer.from(yaml));
  const ratelimit = ratelimitYaml(model);
  if (ratelimit !== null) {
    await writeFile(join(folder, ratelimitFile), ratelimit);
    digests[ratelimitFile] = digestOf(Buffer.from(ratelimit));
  }
  if (model.market) {
    const market = marketFile(model.market);
    await writeFile(join(folder, marketFileName), market);
    digests[marketFileName] = digestOf(Buffer.from(market));
  }
  await writeFile(join(folder, "README.md"), readme(options, { environment, isCounted: ratelimit !== null }));
  const lines = Object.entries(digests).map(([file, digest]) => `${digest}  ${file}\n`);
  await writeFile(join(folder, digestsFile), lines.join(""));
  return { environment };
}

function moduleFile(name: string): string {
  return `plugin-${name}.wasm`;
}

function staticEnvoy({ model, plugins, modules, adminPort }: BuildOptions): object {
  const resources = translateStatic(model, {
    plugins: Object.fromEntries(plugins.map(({ name }) => [name, { kind: "local", path: `./${fileOf(name)}` }])),
    credentials: "environment",
    modules: ({ name }) => {
      const module = modules?.get(name);
      if (!module) return null;
      return { source: { kind: "local", path: `./${moduleFile(name)}` }, hasHigressRules: module.hasHigressRules };
    },
    reveal: (secret) => {
      if (secret.source.kind === "literal") return secret.reveal();
      throw new Error("A build reveals no secret");
    },
  });
  const admin = adminPort === undefined ? null : { address: "127.0.0.1", port: adminPort };
  return buildStaticBootstrap({ nodeId: "weir-build", admin, ...resources });
}

async function copyPlugins(plugins: PluginFile[], folder: string): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const { name, path } of plugins) {
    const file = fileOf(name);
    await copyFile(path, join(folder, file));
    digests[file] = digestOf(await readFile(path));
  }
  return digests;
}

function fileOf(plugin: string): string {
  return `${plugin}.wasm`;
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Contents {
  environment: string[];
  /** Whether there is something for envoyproxy/ratelimit. */
  isCounted: boolean;
}

function readme({ model, adminPort }: BuildOptions, { environment, isCounted }: Contents): string {
  const variables = environment.map((name) => `- \`${name}\`\n`).join("");
  const { gateway } = model;
  const counted = isCounted ? `\n\`${ratelimitFile}\` is for envoyproxy/ratelimit.\n` : "";
  const listed = `\n\`${marketFileName}\` is the market's catalogue: any web server may serve it at /v0.1/servers.\n`;
  const market = model.market ? listed : "";
  return `# A gateway built by Weir

Run it in this folder with Envoy ${envoyVersion} (${envoyVersionMin} or newer):

    envoy -c envoy.yaml

It listens on ${gateway.address}:${gateway.port}. \`sha256sum -c ${digestsFile}\` checks the files.
${environment.length > 0 ? `\nIt reads these credentials from Envoy's environment:\n\n${variables}` : ""}${counted}${market}
${draining(adminPort)}`;
}

function draining(adminPort: number | undefined): string {
  const need = "SIGTERM ends Envoy at once, open requests included. To let them finish, ";
  if (adminPort === undefined) return `${need}build with \`--admin-port\`.\n`;
  const admin = `http://127.0.0.1:${adminPort}`;
  return `${need}refuse new connections first:

    curl -X POST ${admin}/healthcheck/fail
    curl -X POST ${admin}/drain_listeners

Send SIGTERM when \`http.${listenerStatPrefix}.downstream_rq_active\` in ${admin}/stats is 0. With
\`/drain_listeners?graceful&skip_exit\` it goes on accepting connections for Envoy's \`--drain-time-s\`, while it asks
clients to leave.
`;
}
