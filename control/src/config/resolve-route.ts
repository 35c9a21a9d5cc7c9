// A route of the configuration → a route of the model, once it is known which providers are there.
import { matchesModel } from "../model/match-model.ts";
import type { Route, Target } from "../model/model.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import { readMatchedHeaderName } from "./schema/http.ts";
import type { RouteConfig } from "./schema/route.ts";
import { Mistake } from "./schema/scalar.ts";

/** Every provider that the file names, and what became of it. */
export interface KnownProvider {
  target: Target | null;
  /** Why there is no target. */
  absence: "broken" | "optional";
  line: number;
}

/** Null when something in it is wrong or no target is left, which the report then says. */
export function resolveRoute(
  config: RouteConfig,
  providers: Map<string, KnownProvider>,
  report: Report,
  path: Path,
): Route | null {
  const headers = resolveHeaders(config, report, [...path, "match", "headers"]);
  const target = resolveTarget(config, providers, report, [...path, "targets"]);
  if (!target || report.isBroken(path)) return null;
  const models = [...new Set(config.models)];
  const exact = models.filter((model) => !model.endsWith("*"));
  return {
    name: config.name,
    hosts: [...new Set(config.match.hosts)],
    pathPrefix: config.match.pathPrefix,
    headers,
    models,
    target: target.name,
    listedModels: [...new Set([...exact, ...listed(config, models, report, path)])],
  };
}

function resolveHeaders(config: RouteConfig, report: Report, path: Path): Route["headers"] {
  return Object.entries(config.match.headers).flatMap(([given, value]) => {
    const name = readMatchedHeaderName(given);
    if (!(name instanceof Mistake)) return [{ name, value }];
    report.error([...path, given], {
      message: `The header ${given.slice(0, 80)} ${name.message}`,
      fix: name.fix,
      isAboutKey: true,
    });
    return [];
  });
}

/** A name that the route lists but does not serve would only lead its clients into an error. */
function listed(config: RouteConfig, models: string[], report: Report, path: Path): string[] {
  return config.listedModels.filter((model, index) => {
    if (models.some((pattern) => matchesModel(pattern, model))) return true;
    const finding = {
      message: "The route does not serve this model, so it is not listed",
      fix: "Add it to models, or remove it here",
      value: model,
    };
    report.warning([...path, "listedModels", index], finding);
    return false;
  });
}

function resolveTarget(
  config: RouteConfig,
  providers: Map<string, KnownProvider>,
  report: Report,
  path: Path,
): Target | null {
  let chosen: Target | null = null;
  config.targets.forEach(({ provider: name }, index) => {
    const provider = providers.get(name);
    const targetPath = [...path, index, "provider"];
    if (!provider) reportUnknown(name, [...providers.keys()], report, targetPath);
    else if (provider.target) chosen ??= provider.target;
    else if (provider.absence === "broken") reportBroken(name, provider, report, targetPath);
  });
  if (!chosen) reportNoTarget(config, report, path);
  return chosen;
}

function reportUnknown(name: string, names: string[], report: Report, path: Path): void {
  const meant = didYouMean(name, names);
  const fix = meant
    ? `Did you mean "${meant}"?`
    : `Declare it under providers, or use one of: ${names.join(", ") || "(there is none)"}`;
  report.leftOut(path, { message: "There is no provider of this name, so this target is left out", fix, value: name });
}

function reportBroken(name: string, provider: KnownProvider, report: Report, path: Path): void {
  const message = "This target is left out, because its provider is";
  report.warning(path, { message, fix: `Mend the provider at line ${provider.line}`, value: name });
}

function reportNoTarget(config: RouteConfig, report: Report, path: Path): void {
  const message = `The route "${config.name}" is left out: none of its targets is available`;
  report.error(path, { message, fix: "Make one of its providers available, or name another one" });
}
