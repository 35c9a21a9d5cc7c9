// The gateways that are compared. Each is one Envoy configuration in front of the same upstream; they differ in
// nothing but Weir's plugins.
import { createHash } from "node:crypto";
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

/** The caller whose key the load sends. */
const consumers = `
consumers:
  - { name: bench, keys: [{ name: bench, sha256: ${createHash("sha256").update("bench").digest("hex")} }] }
`;

/** What is counted, of requests and of tokens, for each client by itself; nobody gets there. */
const limits = `
limits:
  - name: bench
    match: { network: "*" }
    windows:
      - { unit: requests, limit: 1000000000, per: minute }
      - { unit: totalTokens, limit: 1000000000000, per: day }
`;

const configuration = (port: number, upstream: string, gateway = ""): string => `
gateway: { port: ${port}${gateway} }
providers:
  - name: upstream
    type: generic
    baseUrl: ${upstream}/v1
    apiKey: \${UPSTREAM_KEY}
    modelMapping: { mapped: bench }
routes:
  - { name: all, targets: [{ provider: upstream }] }
`;

export interface Surroundings {
  /** The provider's address. */
  upstream: string;
  plugins: PluginFile[];
  /** The Wasm of a plugin that takes all out of Envoy and does nothing with it. */
  lookingPlugin: string;
  /** Where `weir limits` is; null where there is no Redis for it. */
  limitService: string | null;
}

/** Plain Envoy first: it is what the others are compared with. */
export function buildContenders({ upstream, plugins, lookingPlugin, limitService }: Surroundings): Contender[] {
  const open = (port: number, files = plugins) => weirBootstrap(configuration(port, upstream), files);
  const looking = plugins.map((plugin) => (plugin.name === "ai-proxy" ? { ...plugin, path: lookingPlugin } : plugin));
  const closed = (port: number) => weirBootstrap(configuration(port, upstream) + consumers, plugins);
  const limited = (port: number, gateway = "") =>
    weirBootstrap(configuration(port, upstream, gateway) + limits, plugins);
  const service = `, limitService: { address: "${limitService}", timeout: 1s }`;
  const global = (port: number) => withoutWasm(limited(port, service), limiter) as object;
  return [
    plainEnvoy(upstream, plugins),
    { name: "Weir", bootstrap: (port) => open(port) },
    { name: "a plugin that looks", bootstrap: (port) => open(port, looking) },
    { name: "key-auth alone", bootstrap: (port) => withoutWasm(closed(port), "weir.key-auth") as object },
    { name: "token-ratelimit local", bootstrap: (port) => withoutWasm(limited(port), limiter) as object },
    ...(limitService === null ? [] : [{ name: "token-ratelimit global", bootstrap: global }]),
  ];
}

export function plainEnvoy(upstream: string, plugins: PluginFile[]): Contender {
  const bootstrap = (port: number) => withoutWasm(weirBootstrap(configuration(port, upstream), plugins)) as object;
  return { name: "plain Envoy", bootstrap };
}

const limiter = "weir.token-ratelimit";

export function weirBootstrap(yaml: string, plugins: PluginFile[]): object {
  const options: ConfigOptions = { env: { UPSTREAM_KEY: "bench" }, readFile: () => "" };
  const { model, problems } = parseConfig(yaml, "bench.yaml", options);
  if (!model || problems.length > 0) throw new Error(formatProblems(problems, { color: false }));
  const resources = translateStatic(model, {
    plugins: Object.fromEntries(plugins.map(({ name, path }) => [name, { kind: "local", path }])),
    credentials: "inline",
    reveal: (secret) => secret.reveal(),
  });
  return buildStaticBootstrap({ nodeId: "bench", admin: null, ...resources });
}

/**
 * The same configuration with every plugin taken out, wherever it stands, and what stands in for one, but for the one
 * that is named.
 */
function withoutWasm(value: unknown, kept = ""): unknown {
  const isLeft = (item: unknown) => !isPlugin(item) || (item as { name?: string }).name === kept;
  if (Array.isArray(value)) return value.filter(isLeft).map((item) => withoutWasm(item, kept));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) =>
    key === "typed_per_filter_config" ? [key, onlyOf(inner as object, kept)] : [key, withoutWasm(inner, kept)],
  );
  return Object.fromEntries(entries) as unknown;
}

/** Envoy refuses what is said of a filter that is not there. */
function onlyOf(config: object, kept: string): object {
  return Object.fromEntries(Object.entries(config).filter(([name]) => name === kept));
}

function isPlugin(value: unknown): boolean {
  const type = (value as { typed_config?: { "@type"?: string } } | null)?.typed_config?.["@type"];
  return type !== undefined && /\/envoy\.extensions\.filters\.http\.(wasm\.v3\.Wasm|rbac\.v3\.RBAC)$/.test(type);
}
