// The providers that a file names, and what became of them: what routes refer to.
import type { Target } from "../model/model.ts";
import type { CircuitBreaker } from "../model/routing.ts";
import { didYouMean } from "./did-you-mean.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";

/** One key of a provider; one without several keys has one member. */
export interface PoolMember {
  target: Target;
  /** Beside the provider's other keys. */
  weight: number;
  /** As configured; the target's own holds what comes of it once the routes are known. */
  whenOpen: "auto" | CircuitBreaker["whenOpen"];
}

export interface KnownProvider {
  /** None when the provider is not available. */
  members: PoolMember[];
  /** Why there are none. */
  absence: "broken" | "optional";
  /** Where it is written: `line 12`. */
  place: string;
}

export type KnownProviders = ReadonlyMap<string, KnownProvider>;

/** The members that `openai` or `openai/first` stands for. */
export function membersNamed(name: string, providers: KnownProviders): PoolMember[] {
  const [provider = "", key] = name.split("/");
  const members = providers.get(provider)?.members ?? [];
  return key === undefined ? members : members.filter(({ target }) => target.name === name);
}

/** Says what leads nowhere; `name` is as written, and may be anything. */
export function reportProvider(name: unknown, providers: KnownProviders, report: Report, path: Path): void {
  if (typeof name !== "string" || name === "") return;
  const [first = "", , ...more] = name.split("/");
  // The schema has said what is wrong with it.
  if (more.length > 0) return;
  const provider = providers.get(first);
  if (!provider) return reportUnknown(name, [...providers.keys()], report, path);
  if (provider.members.length === 0) {
    const message = "This target is left out, because its provider is";
    const fix = `Mend the provider at ${provider.place}`;
    if (provider.absence === "broken") report.warning(path, { message, fix });
    return;
  }
  if (membersNamed(name, providers).length === 0) reportUnknownKey(provider, report, path);
}

function reportUnknown(name: string, names: string[], report: Report, path: Path): void {
  const meant = didYouMean(name, names);
  const others = `Declare it under providers, or use one of: ${names.slice(0, 20).join(", ") || "(there is none)"}`;
  const fix = meant ? `Did you mean "${meant}"?` : others;
  const message = "There is no provider of this name, so this target is left out";
  report.leftOut(path, { message, fix });
}

function reportUnknownKey({ members, place }: KnownProvider, report: Report, path: Path): void {
  const known = members.map(({ target }) => target.name).slice(0, 20);
  const message = `The provider at ${place} has no key of this name, so this target is left out`;
  report.leftOut(path, { message, fix: `Use one of: ${known.join(", ")}` });
}
