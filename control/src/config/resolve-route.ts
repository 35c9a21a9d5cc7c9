// A route of the configuration → a route of the model, once it is known which providers are there.
import { matchesModel } from "../model/match-model.ts";
import type { Route, Target } from "../model/model.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { RouteConfig } from "./schema/route.ts";

/** Every provider that the file names, and what became of it. */
export interface KnownProvider {
  target: Target | null;
  /** Why there is no target. */
  absence: "broken" | "optional";
  line: number;
}

export type KnownProviders = ReadonlyMap<string, KnownProvider>;

/** For a route whose targets were reported on. Null when no target is left, which the report then says. */
export function resolveRoute(config: RouteConfig, providers: KnownProviders, report: Report, path: Path): Route | null {
  const target = config.targets.map(({ provider }) => providers.get(provider)?.target).find((target) => target);
  if (!target) {
    const message = `The route "${config.name}" is left out: none of its targets is available`;
    report.error([...path, "targets"], { message, fix: "Make one of its providers available, or name another one" });
    return null;
  }
  const models = [...new Set(config.models)];
  const exact = models.filter((model) => !model.endsWith("*"));
  return {
    name: config.name,
    hosts: [...new Set(config.match.hosts)],
    pathPrefix: config.match.pathPrefix,
    headers: config.match.headers.map(({ key, value }) => ({ name: key, value })),
    models,
    target: target.name,
    listedModels: [...new Set([...exact, ...listed(config, models, report, path)])],
  };
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

/** Reports targets that lead nowhere. Takes them as written, so that nothing else wrong in the route hides them. */
export function reportTargets(targets: unknown, providers: KnownProviders, report: Report, path: Path): void {
  if (!Array.isArray(targets)) return;
  targets.forEach((target: unknown, index) => {
    const name = (target as Record<string, unknown> | null)?.["provider"];
    if (typeof name !== "string" || name === "") return;
    const provider = providers.get(name);
    const targetPath = [...path, index, "provider"];
    if (!provider) reportUnknown(name, [...providers.keys()], report, targetPath);
    else if (!provider.target && provider.absence === "broken") reportBroken(provider, report, targetPath);
  });
}

function reportUnknown(name: string, names: string[], report: Report, path: Path): void {
  const meant = didYouMean(name, names);
  const others = `Declare it under providers, or use one of: ${names.slice(0, 20).join(", ") || "(there is none)"}`;
  const fix = meant ? `Did you mean "${meant}"?` : others;
  const message = "There is no provider of this name, so this target is left out";
  report.leftOut(path, { message, fix });
}

function reportBroken(provider: KnownProvider, report: Report, path: Path): void {
  const message = "This target is left out, because its provider is";
  report.warning(path, { message, fix: `Mend the provider at line ${provider.line}` });
}
