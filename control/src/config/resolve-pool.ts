// Several keys of one provider: each becomes a target of its own.
import type { Credential } from "../model/credential.ts";
import type { Path } from "./path.ts";
import { resolveKey, type KeyOwner } from "./resolve-credential.ts";
import type { ProviderContext } from "./resolve-provider.ts";
import type { ProviderConfig } from "./schema/provider.ts";

type GivenKey = NonNullable<ProviderConfig["apiKeys"]>[number];

export interface ResolvedKey {
  /** The target's: `openai/first`. */
  name: string;
  weight: number;
  credential: Credential;
}

export function resolvePool(keys: GivenKey[], owner: KeyOwner, context: ProviderContext): ResolvedKey[] {
  const path = [...context.path, "apiKeys"];
  const names = keys.map(({ name }, index) => name ?? String(index + 1));
  reportNames(names, path, context);
  if (keys.every(({ weight }) => weight === 0)) {
    const message = "Every key has weight 0, so that none would be chosen";
    context.report.error(path, { message, fix: "Give at least one of them a weight above 0" });
  }
  return keys.map(({ key, weight }, index) => ({
    name: `${owner.config.name}/${names[index]}`,
    weight,
    credential: resolveKey(key, [...path, index, "key"], owner, context),
  }));
}

function reportNames(names: string[], path: Path, { report }: ProviderContext): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const message = `Another key is named "${name}" already`;
    report.error([...path, index], { message, fix: "Give each one a name of its own" });
  });
}
