// The names that clients may use beside those of the routes' models, and those of them that lead nowhere.
import { matchesModel } from "../model/match-model.ts";
import type { Route } from "../model/model.ts";
import { autoName, type Names } from "../model/names.ts";
import { formatPath, type Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { GatewayConfig } from "./schema/gateway.ts";

/** Of a gateway with a mistake, of which nothing is served, none. */
export function resolveNames(config: GatewayConfig | null): Names {
  if (!config) return { aliases: [], providerNames: false, requestOptions: false, auto: null };
  const { aliases, providerNames, requestOptions, auto } = config;
  const rules = (auto?.rules ?? []).map((rule) => ({
    matches: rule.matches ?? null,
    tools: rule.tools ?? null,
    images: rule.images ?? null,
    tokensMin: rule.tokensMin ?? null,
    tokensMax: rule.tokensMax ?? null,
    model: rule.model,
  }));
  return {
    aliases: aliases.map(({ key, value }) => ({ name: key, model: value })),
    providerNames,
    requestOptions,
    auto: auto ? { rules, model: auto.default } : null,
  };
}

/** Warns of names that stand for models which no route serves. */
export function reportNames(names: Names, routes: Route[], report: Report): void {
  const { aliases, auto } = names;
  const check = (model: string, path: Path) => {
    if (routes.length === 0 || isServed(model, names, routes)) return;
    const message = `No route serves the model "${model}", so that who asks for it is told that there is none`;
    report.warning(path, { message, fix: "Write the name of a model that a route serves, or add it to a route" });
  };
  for (const { name, model } of aliases) check(model, ["gateway", "aliases", name]);
  auto?.rules.forEach(({ model }, index) => check(model, ["gateway", "auto", "rules", index, "model"]));
  if (auto) check(auto.model, ["gateway", "auto", "default"]);
  if (!auto || !aliases.some(({ name }) => name === autoName)) return;
  const message = `The alias "${autoName}" has no effect: ${formatPath(["gateway", "auto"])} takes that name`;
  report.warning(["gateway", "aliases", autoName], { message, fix: "Give it another name", isAboutKey: true });
}

/** A rule may name an alias, and either a provider. Nothing is followed twice. */
function isServed(model: string, { aliases, providerNames }: Names, routes: Route[]): boolean {
  return routesFor(model, { aliases, providerNames }, routes).length > 0;
}

/** Those that serve what a client calls so. */
export function routesFor(model: string, names: Pick<Names, "aliases" | "providerNames">, routes: Route[]): Route[] {
  const meant = names.aliases.find(({ name }) => name === model)?.model ?? model;
  const bare = names.providerNames ? [meant.replace(/^[^/]+\//, ""), meant.replace(/^[^/]+\/[^/]+\//, "")] : [];
  return routes.filter(({ models }) =>
    models.some((pattern) => [meant, ...bare].some((name) => matchesModel(pattern, name))),
  );
}
