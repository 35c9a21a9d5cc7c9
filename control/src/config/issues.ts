// Turns what zod found into problems: zod says what is wrong in its own terms, here it gets a place, words and a fix.
import type { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";
import { problemsMax } from "./limits.ts";
import { formatPath, type Path } from "./path.ts";
import type { Report } from "./report.ts";
import { kindOf } from "./schema/scalar.ts";

type Issue = z.core.$ZodIssue;

/** Reports each issue that `schema` has with the value at `path`. */
export function reportIssues(report: Report, path: Path, issues: readonly Issue[], schema: z.ZodType): void {
  for (const issue of issues) reportIssue(report, path, issue, schema);
}

function reportIssue(report: Report, path: Path, issue: Issue, schema: z.ZodType): void {
  const fieldPath = [...path, ...(issue.path as (string | number)[])];
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys.slice(0, problemsMax))
      reportUnknownKey(report, [...fieldPath, key], fieldsAt(schema, issue.path));
    return;
  }
  const { message, fix } = explain(issue, report.writtenAt(fieldPath));
  const isAboutKey = issue.code === "custom" && issue.params?.["isAboutKey"] === true;
  report.error(fieldPath, { message: `${nameOf(fieldPath)} ${message}`, fix, isAboutKey });
}

/** The field as the subject of a sentence. */
function nameOf(path: Path): string {
  const last = path.at(-1) ?? "The file";
  if (typeof last === "number") return `An entry of ${path.at(-2)}`;
  return last === "" ? "The empty name" : last.slice(0, 80);
}

function explain(issue: Issue, found: unknown): { message: string; fix: string } {
  if (issue.code === "custom") return { message: issue.message, fix: String(issue.params?.["fix"] ?? "") };
  if (issue.code === "too_small") return { message: "is an empty list", fix: "Write at least one entry" };
  if (issue.code === "invalid_type") {
    const wanted = issue.expected === "array" ? "a list" : "a mapping";
    if (found === undefined) return { message: "is missing", fix: `Add it, it is ${wanted}` };
    const fix =
      issue.expected === "array"
        ? "Write one entry a line, each after a hyphen"
        : "Write its fields as name: value, indented below it";
    return { message: `must be ${wanted}, not ${kindOf(found)}`, fix };
  }
  return { message: "is not valid", fix: "See the reference for what is allowed here" };
}

/** The value is never shown: behind a mistyped `apiKey` stands a key. */
export function reportUnknownKey(report: Report, path: Path, known: readonly string[]): void {
  const key = String(path.at(-1));
  const meant = didYouMean(key, known);
  const shown = key.length > 40 ? `${key.slice(0, 40)}…` : key;
  const fix = meant ? `Did you mean "${meant}"?` : `Remove it; known here: ${known.join(", ")}`;
  report.error(path, {
    message: `There is no field "${shown}" in ${formatPath(path.slice(0, -1)) || "the file"}`,
    fix,
    isAboutKey: true,
  });
}

/** The names of the fields that the schema has at a path inside the value. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let current = unwrap(schema);
  for (const step of path) {
    const def = current.def as unknown as Record<string, unknown>;
    const next =
      typeof step === "number" ? def["element"] : (def["shape"] as Record<string, unknown> | undefined)?.[String(step)];
    current = unwrap((next ?? def["valueType"]) as z.ZodType);
  }
  const { shape, keyType } = current.def as unknown as { shape?: object; keyType?: { def: { entries?: object } } };
  return Object.keys(shape ?? keyType?.def.entries ?? {});
}

function unwrap(schema: z.ZodType): z.ZodType {
  const inner = (schema.def as unknown as { innerType?: z.ZodType }).innerType;
  return inner ? unwrap(inner) : schema;
}
