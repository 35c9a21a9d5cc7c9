// What Weir's own objects are told: whether they are in force as they are written, and what is where if not.
import { objectKey, type ObjectFinding, type ObjectFindings } from "../../model/object-entry.ts";
import { conditionsOf, isFalse, type Told } from "../conditions.ts";
import type { StatusWrite } from "../translate.ts";
import type { PlacedEntry } from "./entries.ts";

/** As the definitions have it. */
const messageMax = 32_768;

/** `others`: further conditions of an object, by `objectKey`. */
export function objectStatuses(
  placed: readonly PlacedEntry[],
  findings: ObjectFindings,
  { now, others }: { now: string; others: ReadonlyMap<string, Told[]> },
): StatusWrite[] {
  return placed.map(({ object, entry }) => {
    const key = objectKey(entry);
    const told = [acceptedOf(findings.get(key) ?? []), ...(others.get(key) ?? [])];
    const before = object.status?.conditions;
    const conditions = conditionsOf(told, { before, generation: object.metadata.generation, now });
    return { kind: entry.kind, object, status: { conditions } };
  });
}

function acceptedOf(findings: readonly ObjectFinding[]): Told {
  const errors = findings.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first) return isFalse("Accepted", first.reason, textOf(errors));
  return { type: "Accepted", isTrue: true, reason: "Accepted", message: textOf(findings) };
}

function textOf(findings: readonly ObjectFinding[]): string {
  const lines = findings.map(({ path, message, fix }) => `${path}: ${message}.${fix && ` ${fix}.`}`);
  return lines.join("\n").slice(0, messageMax);
}
