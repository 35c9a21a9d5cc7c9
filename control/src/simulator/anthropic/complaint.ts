// Anthropic's words for what a strict schema has against a request: `messages.0.content.1.text.foo: Extra inputs are
// not permitted`. The type of a block is part of the way to its fields.
import { valueAt, type Complaint } from "../complaint.ts";

export function sentenceOf(complaint: Complaint, body: unknown): string {
  const { path, kind, field, issue } = complaint;
  if (kind === "unknown") return `${pathText([...path, field], body)}: Extra inputs are not permitted`;
  const place = pathText(path, body);
  if (kind === "missing") return `${place}: Field required`;
  const value = valueAt(body, path);
  switch (issue.code) {
    case "invalid_value":
      if (field === "type" && path.length > 1) return unknownTag(path, body, issue.values);
      return `${place}: Input should be ${oneOf(issue.values)}`;
    case "too_small":
      return `${place}: ${tooSmall(value, Number(issue.minimum))}`;
    case "too_big":
      return `${place}: ${tooBig(value, Number(issue.maximum))}`;
    case "invalid_format":
      return `${place}: String should match pattern '${String(issue.pattern).replace(/^\/|\/$/g, "")}'`;
    case "invalid_type":
      return `${place}: Input should be a valid ${typeNames[issue.expected] ?? issue.expected}`;
    default:
      return `${place}: Input should be a valid string or list`;
  }
}

const typeNames: Record<string, string> = {
  int: "integer",
  object: "dictionary",
  record: "dictionary",
  array: "list",
};

function unknownTag(path: PropertyKey[], body: unknown, values: unknown[]): string {
  const tags = values.map((value) => `'${String(value)}'`).join(", ");
  const found = String(valueAt(body, path));
  const place = pathText(path.slice(0, -1), body);
  return `${place}: Input tag '${found}' found using 'type' does not match any of the expected tags: ${tags}`;
}

function oneOf(values: unknown[]): string {
  const quoted = values.map((value) => `'${String(value)}'`);
  return quoted.length < 2 ? quoted.join("") : `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
}

function tooSmall(value: unknown, minimum: number): string {
  if (typeof value === "string") return `String should have at least ${minimum} character${minimum === 1 ? "" : "s"}`;
  return `Input should be greater than or equal to ${minimum}`;
}

function tooBig(value: unknown, maximum: number): string {
  if (typeof value === "string") return `String should have at most ${maximum} characters`;
  return `Input should be less than or equal to ${maximum}`;
}

function pathText(path: PropertyKey[], body: unknown): string {
  const steps = path.flatMap((step, index) => {
    if (index === path.length - 1) return [String(step)];
    const tag = tagOf(path.slice(0, index + 1), body);
    return tag === null ? [String(step)] : [String(step), tag];
  });
  return steps.join(".");
}

function tagOf(path: PropertyKey[], body: unknown): string | null {
  const value = valueAt(body, path);
  if (value === null || typeof value !== "object" || path.at(-1) === "format") return null;
  const { type } = value as { type?: unknown };
  if (typeof type === "string") return path.at(-1) === "input_schema" ? null : type;
  return path[0] === "tools" && path.length === 2 ? "custom" : null;
}
