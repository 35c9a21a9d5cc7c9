// The gateways that are compared. Each is one Envoy configuration in front of the same upstream; they differ in
// nothing but Weir's plugins.
import { parseConfig, type ConfigOptions } from "../control/src/config/load-config.ts";
import { formatProblems } from "../control/src/config/problem.ts";
import { translateStatic } from "../control/src/xds/static.ts";
import type { PluginFile } from "../control/src/cli/plugin-files.ts";
import { buildStaticBootstrap } from "../envoy/bootstrap.ts";

export interface Contender {
  name: string;
  /** The Envoy bootstrap for a gateway on `port`. */
  bootstrap(port: number): object;
}

const configuration = (port: number, upstream: string): string => `
gateway: { port: ${port} }
providers:
  - name: upstream
    type: generic
    baseUrl: ${upstream}/v1
    apiKey: \${UPSTREAM_KEY}
    modelMapping: { mapped: bench }
routes:
  - { name: all, targets: [{ provider: upstream }] }
`;

/** Plain Envoy first: it is what the others are compared with. */
export function buildContenders(upstream: string, plugins: PluginFile[]): Contender[] {
  return [
    { name: "plain Envoy", bootstrap: (port) => withoutWasm(weirBootstrap(port, upstream, plugins)) as object },
    { name: "Weir", bootstrap: (port) => weirBootstrap(port, upstream, plugins) },
  ];
}

function weirBootstrap(port: number, upstream: string, plugins: PluginFile[]): object {
  const options: ConfigOptions = { env: { UPSTREAM_KEY: "bench" }, readFile: () => "" };
  const { model, problems } = parseConfig(configuration(port, upstream), "bench.yaml", options);
  if (!model || problems.length > 0) throw new Error(formatProblems(problems, { color: false }));
  const resources = translateStatic(model, {
    plugins: Object.fromEntries(plugins.map(({ name, path }) => [name, { kind: "local", path }])),
    credentials: "inline",
    reveal: (secret) => secret.reveal(),
  });
  return buildStaticBootstrap({ nodeId: "bench", admin: null, ...resources });
}

/** The same configuration with every Wasm filter taken out, wherever it stands. */
function withoutWasm(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isWasmFilter(item)).map(withoutWasm);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key]) => key !== "typed_per_filter_config");
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutWasm(inner)]));
}

function isWasmFilter(value: unknown): boolean {
  const type = (value as { typed_config?: { "@type"?: string } } | null)?.typed_config?.["@type"];
  return type?.endsWith("/envoy.extensions.filters.http.wasm.v3.Wasm") === true;
}
