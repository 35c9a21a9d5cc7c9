// Conditions of a route that only ai-fallback can look at: who calls, and what is in the body.
import type { Consumer } from "../model/auth.ts";
import { matchesModel } from "../model/match-model.ts";
import type { BodyCondition, CallerCondition } from "../model/model.ts";

/** Null where it is one of them who calls; `consumer` is null where nobody is known. */
export function whyNotCaller(callers: CallerCondition, consumer: Consumer | null): string | null {
  return (
    whyNotOneOf("consumer", callers.consumers, consumer?.name) ??
    whyNotOneOf("organization", callers.organizations, consumer?.organization) ??
    whyNotOneOf("team", callers.teams, consumer?.team)
  );
}

function whyNotOneOf(kind: string, patterns: string[], value: string | null | undefined): string | null {
  if (patterns.length === 0 || (value && patterns.some((pattern) => matchesModel(pattern, value)))) return null;
  return `the caller's ${kind} is not ${patterns.join(" or ")}`;
}

/** Null where the body has all of the fields. */
export function whyNotBody(conditions: BodyCondition[], body: Record<string, unknown>): string | null {
  const missing = conditions.find(({ path, value }) => {
    const found = textAt(path, body);
    return found === null || !matchesModel(value, found);
  });
  return missing ? `the body's ${missing.path.join(".")} is not "${missing.value}"` : null;
}

function textAt(path: string[], body: Record<string, unknown>): string | null {
  const step = (parent: unknown, name: string): unknown =>
    typeof parent === "object" && parent !== null && !Array.isArray(parent) && Object.hasOwn(parent, name)
      ? (parent as Record<string, unknown>)[name]
      : undefined;
  const value = path.reduce<unknown>(step, body);
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : null;
}
