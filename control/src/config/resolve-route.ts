// A route of the configuration → a route of the model, once it is known which providers are there.
import { matchesModel } from "../model/match-model.ts";
import type { CallerCondition, Condition, Route } from "../model/model.ts";
import { readsEveryRequest, type Names } from "../model/names.ts";
import type { Affinity, Mirror } from "../model/routing.ts";
import { hasCallers } from "../model/serving.ts";
import { membersNamed, reportProvider, type KnownProviders } from "./known-provider.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { resolveTargets, type RouteTargets } from "./route-targets.ts";
import type { RouteConfig } from "./schema/route.ts";

/** What is known of the whole file while routes are resolved. */
export interface RouteContext {
  providers: KnownProviders;
  report: Report;
  /** Whether callers are known. */
  isClosed: boolean;
  names: Names;
}

/** For a route whose targets were reported on. Null when no target is left, which the report then says. */
export function resolveRoute(config: RouteConfig, context: RouteContext, path: Path): Route | null {
  const { providers, report } = context;
  const targets = resolveTargets(config, providers, report, path);
  if (!targets) reportNoTarget(config, report, path);
  if (!targets || report.isBroken(path)) return null;
  reportNoEffect(config, targets, report, path);
  const callers = resolveCallers(config, context, path);
  const models = [...new Set(config.models)];
  const exact = models.filter((model) => !model.endsWith("*"));
  const { match, balance, fallbackOn, totalTimeout, lastResort } = config;
  return {
    name: config.name,
    hosts: [...new Set(match.hosts)],
    pathPrefix: match.pathPrefix,
    headers: match.headers.map(toCondition),
    query: match.query.map(toCondition),
    cookies: match.cookies.map(toCondition),
    callers,
    body: match.body.map(({ key, value }) => ({ path: key.split("."), value })),
    isRead: readsEveryRequest(context.names) || hasCallers(callers) || match.body.length > 0,
    auth: config.auth,
    models,
    ...targets,
    balance,
    countsRequests: false,
    affinity: (config.affinity as Affinity | undefined) ?? null,
    fallbackOn: { ...fallbackOn, statuses: [...new Set(fallbackOn.statuses)] },
    attemptTimeoutMs: config.attemptTimeout ?? null,
    totalTimeoutMs: totalTimeout,
    lastResort: lastResort?.text ?? null,
    mirror: resolveMirror(config, providers),
    listedModels: [...new Set([...exact, ...listed(config, models, report, path)])],
  };
}

function toCondition({ key, value }: { key: string; value: string }): Condition {
  return { name: key, value };
}

/** Says where nobody can be the caller that is meant. */
function resolveCallers({ match, auth }: RouteConfig, context: RouteContext, path: Path): CallerCondition {
  const { consumers, organizations, teams } = match;
  const callers = { consumers: [...consumers], organizations: [...organizations], teams: [...teams] };
  if (hasCallers(callers) && (auth === "none" || !context.isClosed)) {
    const message = "No request reaches this route: it asks for callers, and nobody is known here";
    const fix = auth === "none" ? "Remove auth: none" : "Add consumers, or remove these conditions";
    context.report.warning([...path, "match"], { message, fix, isAboutKey: true });
  }
  return callers;
}

/** Without its provider nothing is copied; who serves the request is another matter. */
function resolveMirror({ mirror }: RouteConfig, providers: KnownProviders): Mirror | null {
  const member = mirror && membersNamed(mirror.provider, providers)[0];
  return member ? { target: member.target.name, percent: mirror.percent } : null;
}

function reportNoTarget({ name }: RouteConfig, report: Report, path: Path): void {
  const message = `The route "${name}" is left out: none of its targets is available`;
  report.error([...path, "targets"], { message, fix: "Make one of its providers available, or name another one" });
}

/** Says what has no effect where there is one target alone, unless it is alone by chance. */
function reportNoEffect(config: RouteConfig, { targets, fallbacks }: RouteTargets, report: Report, path: Path): void {
  const named = config.targets.length + config.fallbacks.length;
  if (named > 1 || targets.length + fallbacks.length > 1) return;
  const fields = (["affinity", "balance", "fallbackOn"] as const).filter((field) => isGiven(report, [...path, field]));
  for (const field of fields) {
    const needsIt = field === "fallbackOn" && config.lastResort !== undefined;
    const message = `${field} has no effect: the route has one target and nothing to fall back on`;
    const fix = "Add a target or a fallback, or remove it";
    if (!needsIt) report.warning([...path, field], { message, fix, isAboutKey: true });
  }
}

function isGiven(report: Report, path: Path): boolean {
  return report.writtenAt(path) !== undefined;
}

/** A name that the route lists but does not serve would only lead its clients into an error. */
function listed(config: RouteConfig, models: string[], report: Report, path: Path): string[] {
  return config.listedModels.filter((model, index) => {
    if (models.some((pattern) => matchesModel(pattern, model))) return true;
    const message = "The route does not serve this model, so it is not listed";
    report.warning([...path, "listedModels", index], { message, fix: "Add it to models, or remove it here" });
    return false;
  });
}

/** Reports names that lead nowhere. Takes the route as written, so that nothing else wrong in it hides them. */
export function reportTargets(
  route: Record<string, unknown>,
  providers: KnownProviders,
  report: Report,
  path: Path,
): void {
  for (const field of ["targets", "fallbacks"]) {
    const list = route[field];
    if (!Array.isArray(list)) continue;
    list.forEach((item: unknown, index) => {
      reportProvider(providerOf(item), providers, report, [...path, field, index, "provider"]);
    });
  }
  reportProvider(providerOf(route["mirror"]), providers, report, [...path, "mirror", "provider"]);
}

function providerOf(item: unknown): unknown {
  return (item as Record<string, unknown> | null | undefined)?.["provider"];
}
