// What a strict schema has against a request, without the wording: every provider says it in its own words.
import type { z } from "zod";

export interface Complaint {
  /** Where: the way to the object for an unknown field, to the field itself for the others. */
  path: PropertyKey[];
  kind: "unknown" | "missing" | "invalid";
  /** The unknown field. */
  field: string;
  /** What zod expected or said, such as `string`. */
  expected: string;
  issue: z.core.$ZodIssue;
}

type Issue = z.core.$ZodIssue;

/** All complaints in the order of the fields; empty when the value fits. */
export function complaintsAbout(schema: z.ZodType, value: unknown): Complaint[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => complaintsOf(issue, value, []));
}

function complaintsOf(issue: Issue, root: unknown, base: PropertyKey[]): Complaint[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union") {
    const likeliest = likeliestBranch(issue.errors);
    if (likeliest) return likeliest.flatMap((inner) => complaintsOf(inner, root, path));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((field) => ({ path, kind: "unknown", field, expected: "", issue }));
  }
  const kind = valueAt(root, path) === undefined ? "missing" : "invalid";
  const expected = issue.code === "invalid_type" ? issue.expected : issue.message;
  return [{ path, kind, field: String(path.at(-1) ?? ""), expected, issue }];
}

/** The branch that understood most of the value: the one whose first issue lies deepest. Null when all fail at once. */
function likeliestBranch(branches: Issue[][]): Issue[] | null {
  const depth = (issues: Issue[]): number => Math.max(0, ...issues.map((issue) => depthOf(issue)));
  const deepest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
  return deepest && depth(deepest) > 0 ? deepest : null;
}

/** A field that is not known means that the object itself was recognised. */
function depthOf(issue: Issue): number {
  return issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0);
}

export function valueAt(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (value as Record<PropertyKey, unknown> | null | undefined)?.[step],
    root,
  );
}
