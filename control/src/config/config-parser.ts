// The parts of a configuration, one after the other. Every step keeps what it could make sense of and reports the rest:
// all problems come out at once, and a broken part is left out while its neighbours are served.
//
//   gateway ─► registries ─► providers (each: references ─► schema ─► catalogue)
//           ─► routes (each: references ─► schema ─► a target)
//           ─► mcpServers (each: references ─► schema ─► where its tools lead)
//           ─► consumers (each: references ─► schema ─► its keys, each likewise)
//           ─► limits, budgets and plugins (each: references ─► schema ─► the names of what is there)
import type { z } from "zod";
import type { Admin } from "../model/admin.ts";
import type { Consumer, ConsumerKey } from "../model/auth.ts";
import type { Ledger } from "../model/ledger.ts";
import type { ModelRow } from "../model/model-facts.ts";
import type { McpServer } from "../model/mcp.ts";
import type { Gateway, Model, Route } from "../model/model.ts";
import { checkedModel } from "./checked-model.ts";
import { reportClosed } from "./closed-route.ts";
import { resolveCounts } from "./count-requests.ts";
import { reportIssues, reportUnknownKey } from "./issues.ts";
import type { KnownProvider } from "./known-provider.ts";
import { problemsMax } from "./limits.ts";
import { mcpOf, reportSamePaths } from "./mcp-places.ts";
import { isLeftOut, reportLeftOut } from "./optional-provider.ts";
import type { Path } from "./path.ts";
import type { Problem } from "./problem.ts";
import { reportRequirements } from "./provider-requirements.ts";
import {
  expandReferences,
  type Expanded,
  type ParserOptions,
  type Reference,
  type ReferenceReader,
} from "./reference.ts";
import { Report } from "./report.ts";
import { resolveAdmin } from "./resolve-admin.ts";
import { resolveAuth } from "./resolve-auth.ts";
import {
  budgetPart,
  reportForgotten,
  reportNoLedger,
  resolveBudget,
  resolveWebhook,
  webhookPart,
} from "./resolve-budget.ts";
import { reportUnknownRoutes, resolveConsumer, resolveKey, type ConsumerContext } from "./resolve-consumer.ts";
import { resolveKubernetes } from "./resolve-kubernetes.ts";
import { resolveLedger } from "./resolve-ledger.ts";
import { catalogueOf, resolveModel } from "./resolve-model.ts";
import { resolveLimit } from "./resolve-limit.ts";
import { reportNames, resolveNames } from "./resolve-names.ts";
import { resolveLimitService } from "./resolve-limit-service.ts";
import { resolveMarket } from "./resolve-market.ts";
import { reportMembers } from "./resolve-mcp-relay.ts";
import { brokenMcpServer, resolveMcpServer, type McpContext } from "./resolve-mcp-server.ts";
import { pluginPart, resolvePlugin } from "./resolve-plugin.ts";
import { resolveProvider } from "./resolve-provider.ts";
import { registryPart, resolveRegistry, type Registries } from "./resolve-registry.ts";
import { reportTargets, resolveRoute, type RouteContext } from "./resolve-route.ts";
import { resolveWhenOpen } from "./when-open.ts";
import { adminSchema } from "./schema/admin.ts";
import { configSchema } from "./schema/config.ts";
import { consumerSchema, keySchema, type ConsumerConfig } from "./schema/consumer.ts";
import { gatewaySchema, type GatewayConfig } from "./schema/gateway.ts";
import { kubernetesSchema } from "./schema/kubernetes.ts";
import { ledgerSchema } from "./schema/ledger.ts";
import { modelSchema } from "./schema/model.ts";
import { limitSchema } from "./schema/limit.ts";
import { marketSchema } from "./schema/market.ts";
import { mcpServerSchema } from "./schema/mcp-server.ts";
import { providerSchema } from "./schema/provider.ts";
import { routeSchema } from "./schema/route.ts";
import { kindOf } from "./schema/scalar.ts";
import { reportShadowed } from "./shadow.ts";
import type { Source } from "./source.ts";
import { takeName } from "./take-name.ts";
import { consumerNames, isMapping, namesIn } from "./written-names.ts";

interface Section<T> {
  config: T;
  references: Map<string, Reference>;
}

interface Part<S> {
  field: string;
  schema: S;
}

type Resolve<S extends z.ZodType, T> = (
  config: z.output<S>,
  path: Path,
  references: Map<string, Reference>,
) => T | null;

export class ConfigParser {
  readonly #source: Source;
  readonly #report: Report;
  readonly #reader: ReferenceReader;
  readonly #baseDir: string;
  #isAmbiguous = false;
  #gatewayReferences = new Map<string, Reference>();

  constructor(file: string, source: Source, { baseDir, problemsMax, ...reader }: ParserOptions) {
    this.#source = source;
    this.#report = new Report(file, source, problemsMax);
    this.#baseDir = baseDir;
    this.#reader = reader;
  }

  problems(): Problem[] {
    return this.#report.problems();
  }

  parse(): Model | null {
    for (const problem of this.#source.problems) this.#report.syntax(problem);
    const root = this.#source.root;
    if (!isMapping(root)) {
      if (root !== undefined) this.#reportNoMapping(root);
      return null;
    }
    this.#checkSections(root);
    const gateway = this.#gateway(root["gateway"]);
    const registries = this.#registries(root["registries"]);
    const mcpContext = { address: gateway?.address ?? "", registries };
    const mcpServers = this.#mcpServers(root["mcpServers"], mcpContext, namesIn(root["routes"]));
    const cluster = this.#section(root, "kubernetes", kubernetesSchema);
    const kubernetes = cluster && resolveKubernetes(cluster.config, this.#report, this.#baseDir);
    const others = mcpServers.length + Number(kubernetes !== null);
    const hasOthers = mcpServers.length > 0 || root["kubernetes"] !== undefined;
    const isWithoutRoutes = hasOthers && root["providers"] === undefined && root["routes"] === undefined;
    const providers = isWithoutRoutes
      ? new Map<string, KnownProvider>()
      : this.#providers(root["providers"], registries);
    // What is wrong with either must not open the gateway.
    const isClosed = root["consumers"] !== undefined || (gateway !== null && gateway.auth.jwt.length > 0);
    const names = resolveNames(gateway);
    const context = { providers, report: this.#report, isClosed, names };
    const routes = isWithoutRoutes ? [] : this.#routes(root["routes"], context);
    reportNames(names, routes, this.#report);
    const servables = [...namesIn(root["routes"]), ...namesIn(root["mcpServers"])];
    const consumers = this.#consumers(root["consumers"], servables);
    const members = [...providers.values()].flatMap((provider) => provider.members);
    const targets = resolveWhenOpen(members, routes);
    const lastResorts = [...new Set(routes.flatMap(({ lastResort }) => lastResort ?? []))];
    const known = consumerNames(root, gateway);
    const limited = { provider: namesIn(root["providers"]), route: servables, consumer: known };
    const limitContext = { report: this.#report, service: gateway?.limitService?.type ?? null, names: limited };
    const limits = this.#all(root["limits"], { field: "limits", schema: limitSchema }, (config, path) =>
      resolveLimit(config, path, limitContext),
    );
    const budgets = this.#all(root["budgets"], budgetPart, (config, path) =>
      resolveBudget(config, path, { report: this.#report, names: { consumer: known } }),
    );
    const plugins = this.#all(root["plugins"], pluginPart, (config, path, references) =>
      resolvePlugin(config, { path, references, report: this.#report, baseDir: this.#baseDir, routes: servables }),
    );
    const webhooks = this.#each(root["webhooks"], webhookPart, (config, path, references) =>
      resolveWebhook(config, { path, references }, this.#report),
    );
    if (budgets?.length && root["ledger"] === undefined) reportNoLedger(this.#report);
    if (gateway === null || routes.length + others === 0 || this.#isAmbiguous) return null;
    if (limits === null || budgets === null || plugins === null || this.#report.isBroken(["budgets"])) return null;
    // The admin API brings consumers that are not here.
    const isFinal = root["admin"] === undefined;
    const jwtContext = { report: this.#report, baseDir: this.#baseDir, readFile: this.#reader.readFile };
    const auth = isClosed ? resolveAuth(gateway.auth, consumers, { isFinal, ...jwtContext }) : null;
    const models = [...this.#models(root["models"], providers), ...catalogueOf(targets)];
    const ledger = this.#ledger(root, servables);
    reportForgotten(budgets, ledger, this.#report);
    const admin = this.#admin(root);
    // Without it what is stored would not count: keys, but limits and budgets as well.
    if (this.#report.isBroken(["admin"])) return null;
    const settled = { gateway: this.#resolveGateway(gateway), auth, targets, routes: resolveCounts(routes, targets) };
    const mcp = mcpOf(mcpServers, gateway.mcpSessionSecrets, this.#gatewayReferences);
    const written = root["market"] === undefined ? null : this.#part(root["market"], ["market"], marketSchema);
    const readers = { gateway, auth, mcp: mcp.mcp, readFile: this.#reader.readFile };
    const market = written && { market: resolveMarket(written.config, { report: this.#report, ...readers }) };
    const asked = registries.known.flatMap(({ registry }) => registry ?? []);
    const more = {
      ...(asked.length > 0 && { registries: asked }),
      ...(plugins.length > 0 && { plugins }),
      ...(kubernetes && { kubernetes }),
    };
    const counted = { limits, budgets, webhooks, ledger, admin, ...mcp, ...market, ...more };
    return checkedModel({ ...settled, names, lastResorts, models, ...counted }, this.#report);
  }

  /** A section that is given twice or under an unknown name leaves open what the whole file is meant to say. */
  #checkSections(root: Record<string, unknown>): void {
    const known = Object.keys(configSchema.shape);
    const unknown = Object.keys(root).filter((key) => !known.includes(key) && !key.startsWith("x-"));
    for (const key of unknown.slice(0, problemsMax)) reportUnknownKey(this.#report, [key], known);
    const isBroken = this.#source.problems.some(({ severity, path }) => severity === "error" && path.length <= 1);
    this.#isAmbiguous = isBroken || unknown.length > 0;
  }

  #reportNoMapping(root: unknown): void {
    const message = root === null ? "The file is empty" : `The file must be a mapping, not ${kindOf(root)}`;
    this.#report.error([], { message, fix: "Write providers: and routes: at its top" });
  }

  #gateway(raw: unknown): GatewayConfig | null {
    const expanded = expandReferences(raw === undefined ? {} : raw, ["gateway"], this.#reader);
    this.#gatewayReferences = expanded.references;
    return this.#validate(expanded, ["gateway"], gatewaySchema);
  }

  #resolveGateway(config: GatewayConfig): Gateway {
    const { address, port, bodyBytesMax, responseHeaders, metrics, accessLog, limitService } = config;
    const own = { references: this.#gatewayReferences, report: this.#report, baseDir: this.#baseDir };
    const service = limitService && resolveLimitService(limitService, own);
    const resolved = { address, port, bodyBytesMax, responseHeaders, metrics, accessLog: accessLog ?? null };
    return { ...resolved, ...(service && { limitService: service }) };
  }

  #registries(raw: unknown): Registries {
    const known = this.#each(raw, registryPart, (config, path, references) =>
      resolveRegistry(config, { report: this.#report, path, references }),
    );
    return { known, names: namesIn(raw) };
  }

  #providers(raw: unknown, registries: Registries): Map<string, KnownProvider> {
    const providers = new Map<string, KnownProvider>();
    const names = new Set<string>();
    this.#list(raw, "providers").forEach((item, index) => {
      const path = ["providers", index];
      const name = takeName(item, path, names, this.#report);
      const provider = this.#provider(item, path, registries);
      if (name !== null) providers.set(name, { ...provider, place: this.#report.placeOf(path) });
    });
    return providers;
  }

  #provider(raw: unknown, path: Path, registries: Registries): Omit<KnownProvider, "place"> {
    const expanded = expandReferences(raw, path, this.#reader);
    if (isLeftOut(expanded)) {
      for (const broken of expanded.broken) reportLeftOut(this.#report, broken);
      return { members: [], absence: "optional" };
    }
    reportRequirements(expanded.value, path, this.#report);
    const part = this.#validate(expanded, path, providerSchema);
    if (!part) return { members: [], absence: "broken" };
    const { references } = expanded;
    const read = { baseDir: this.#baseDir, readFile: this.#reader.readFile };
    const context = { report: this.#report, path, references, registries, ...read };
    return { members: resolveProvider(part, context), absence: "broken" };
  }

  #routes(raw: unknown, context: RouteContext): Route[] {
    const names = new Set<string>();
    const resolved = this.#list(raw, "routes").flatMap((item, index) => {
      const path = ["routes", index];
      takeName(item, path, names, this.#report);
      if (isMapping(item)) reportTargets(item, context.providers, this.#report, path);
      const config = this.#part(item, path, routeSchema)?.config;
      const route = config && resolveRoute(config, context, path);
      return route ? [{ route, path }] : [];
    });
    reportShadowed(resolved, this.#report, context.names);
    if (context.isClosed) reportClosed(resolved, this.#report);
    if (resolved.length === 0 && !this.#report.isBroken(["routes"])) {
      this.#report.error(["routes"], {
        message: "There is no route, so nothing would be served",
        fix: "Add a route with a target",
      });
    }
    return resolved.map(({ route }) => route);
  }

  #models(raw: unknown, providers: Map<string, KnownProvider>): ModelRow[] {
    if (raw === undefined) return [];
    return this.#list(raw, "models").flatMap((item, index) => {
      const path = ["models", index];
      const config = this.#part(item, path, modelSchema)?.config;
      return config ? (resolveModel(config, providers, this.#report, path) ?? []) : [];
    });
  }

  #ledger(root: Record<string, unknown>, routes: readonly string[] | undefined): Ledger | null {
    const part = this.#section(root, "ledger", ledgerSchema);
    const context = { report: this.#report, baseDir: this.#baseDir, routes: routes ?? null };
    return part && resolveLedger(part.config, { ...context, references: part.references });
  }

  #admin(root: Record<string, unknown>): Admin | null {
    const part = this.#section(root, "admin", adminSchema);
    return part && resolveAdmin(part.config, part.references, this.#report);
  }

  #section<T extends z.ZodType>(root: Record<string, unknown>, name: string, schema: T): Section<z.output<T>> | null {
    if (root[name] === undefined) return null;
    const expanded = expandReferences(root[name], [name], this.#reader);
    const config = this.#validate(expanded, [name], schema);
    return config === null ? null : { config, references: expanded.references };
  }

  #consumers(raw: unknown, routes: string[]): Consumer[] {
    if (raw === undefined) return [];
    const context: ConsumerContext = { report: this.#report, routes, hashes: new Map(), keyIds: new Map() };
    const names = new Set<string>();
    return this.#list(raw, "consumers").flatMap((item, index) => {
      const path = ["consumers", index];
      takeName(item, path, names, this.#report);
      // Keys are read by themselves, so that a mistake in one does not shut out the others.
      const keys = isMapping(item) ? item["keys"] : undefined;
      const config = this.#part(isMapping(item) ? { ...item, keys: undefined } : item, path, consumerSchema)?.config;
      reportUnknownRoutes(config?.routes, path, context);
      const resolved = this.#keys(keys, path, config ?? { name: "", keys: [] }, context);
      return config ? [resolveConsumer(config, resolved)] : [];
    });
  }

  #keys(raw: unknown, consumerPath: Path, consumer: ConsumerConfig, context: ConsumerContext): ConsumerKey[] {
    if (raw === undefined) return [];
    const names = new Set<string>();
    return this.#listAt(raw, [...consumerPath, "keys"]).flatMap((item, index) => {
      const path = [...consumerPath, "keys", index];
      takeName(item, path, names, this.#report);
      const expanded = expandReferences(item, path, this.#reader);
      const config = this.#validate(expanded, path, keySchema);
      if (!config) return [];
      reportUnknownRoutes(config.routes, path, context);
      const { references } = expanded;
      return resolveKey(config, consumer, { path, references }, context) ?? [];
    });
  }

  #mcpServers(raw: unknown, own: Pick<McpContext, "address" | "registries">, routes: string[]): McpServer[] {
    if (raw === undefined) return [];
    const names = new Set(routes);
    const servers = this.#list(raw, "mcpServers").flatMap((item, index) => {
      const path = ["mcpServers", index];
      const name = takeName(item, path, names, this.#report);
      const expanded = expandReferences(item, path, this.#reader);
      const config = this.#validate(expanded, path, mcpServerSchema);
      const { references } = expanded;
      const context = { report: this.#report, path, references, baseDir: this.#baseDir, ...own };
      const server = (config && resolveMcpServer(config, context)) ?? (name === null ? null : brokenMcpServer(item));
      return server ? [{ server, path }] : [];
    });
    return reportSamePaths(reportMembers(servers, this.#report), this.#report);
  }

  /** Null where any of them is wrong: a file must not spend more than it was meant to say. */
  #all<S extends z.ZodType, T>(raw: unknown, part: Part<S>, resolve: Resolve<S, T>): T[] | null {
    const items = this.#each(raw, part, resolve);
    return this.#report.isBroken([part.field]) ? null : items;
  }

  /** Without those that are wrong. */
  #each<S extends z.ZodType, T>(raw: unknown, { field, schema }: Part<S>, resolve: Resolve<S, T>): T[] {
    if (raw === undefined) return [];
    const names = new Set<string>();
    return this.#list(raw, field).flatMap((item, index) => {
      const path = [field, index];
      takeName(item, path, names, this.#report);
      const expanded = expandReferences(item, path, this.#reader);
      const config = this.#validate(expanded, path, schema);
      return (config && resolve(config, path, expanded.references)) ?? [];
    });
  }

  #list(raw: unknown, field: string): unknown[] {
    return this.#listAt(raw, [field]);
  }

  #listAt(raw: unknown, path: Path): unknown[] {
    const field = String(path.at(-1));
    if (Array.isArray(raw)) return raw;
    const message = raw === undefined ? `${field} is missing` : `${field} must be a list, not ${kindOf(raw)}`;
    this.#report.error(path, {
      message,
      fix: `Write ${field}: with one entry a line below it, each after a hyphen`,
    });
    return [];
  }

  #part<T extends z.ZodType>(raw: unknown, path: Path, schema: T): { config: z.output<T> } | null {
    const config = this.#validate(expandReferences(raw, path, this.#reader), path, schema);
    return config === null ? null : { config };
  }

  /** Null when there is any error in this part, from whatever step. */
  #validate<T extends z.ZodType>({ value, broken }: Expanded, path: Path, schema: T): z.output<T> | null {
    for (const { path, message, fix } of broken) this.#report.error(path, { message, fix });
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      // A field whose reference failed is empty for that reason alone; one report of it is enough.
      const isNew = (issue: z.core.$ZodIssue) => !this.#report.isBroken([...path, ...issue.path] as Path);
      const isOther = ({ code, path }: z.core.$ZodIssue) => code === "unrecognized_keys" || path.length === 0;
      const issues = parsed.error.issues.filter((issue) => isOther(issue) || isNew(issue));
      reportIssues(this.#report, path, issues, schema);
    }
    return parsed.success && !this.#report.isBroken(path) ? parsed.data : null;
  }
}
