// AWS's words for what a strict schema has against a request: members of lists go by their number from 1.
import type { Answer } from "../answer.ts";
import { valueAt, type Complaint } from "../complaint.ts";
import { invalid } from "./errors.ts";

/** Of Converse: `messages.1.member.content.2.member.toolUse.name`. */
export function refuseConstraint(complaint: Complaint, body: unknown): Answer {
  const { path, kind, field, issue } = complaint;
  if (kind === "unknown") return refuseExtraneous(path, field);
  const value = valueAt(body, path);
  const shown = kind === "missing" ? "Value null" : `Value '${shortened(value)}'`;
  const place = path.map((step) => (typeof step === "number" ? `${step + 1}.member` : String(step))).join(".");
  const constraint = kind === "missing" ? "Member must not be null" : constraintOf(issue, value);
  return invalid(`1 validation error detected: ${shown} at '${place}' failed to satisfy constraint: ${constraint}`);
}

/** Of a model's own body: `#/inputText: expected type: String, found: Integer`. */
export function refuseBody(complaint: Complaint, body: unknown): Answer {
  const { path, kind, field, issue } = complaint;
  if (kind === "unknown") return refuseExtraneous(path, field);
  const parent = ["#", ...path.slice(0, -1).map(String)].join("/");
  if (kind === "missing") return malformed(`${parent}: required key [${field}] not found`);
  const place = `${parent}/${field}`;
  const value = valueAt(body, path);
  if (issue.code === "invalid_type")
    return malformed(`${place}: expected type: ${issue.expected}, found: ${typeof value}`);
  return malformed(`${place}: ${shortened(value)} is not a valid value`);
}

function refuseExtraneous(path: PropertyKey[], field: string): Answer {
  return malformed(`${["#", ...path.map(String)].join("/")}: extraneous key [${field}] is not permitted`);
}

function malformed(detail: string): Answer {
  return invalid(`Malformed input request: ${detail}, please reformat your input and try again.`);
}

function shortened(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function constraintOf(issue: Complaint["issue"], value: unknown): string {
  const noun = typeof value === "string" || Array.isArray(value) ? "length" : "value";
  switch (issue.code) {
    case "invalid_value":
      return `Member must satisfy enum value set: [${issue.values.map(String).join(", ")}]`;
    case "invalid_format":
      return `Member must satisfy regular expression pattern: ${String(issue.pattern).replace(/^\/\^?|\$?\/$/g, "")}`;
    case "too_small":
      return `Member must have ${noun} greater than or equal to ${String(issue.minimum)}`;
    case "too_big":
      return `Member must have ${noun} less than or equal to ${String(issue.maximum)}`;
    case "custom":
      return "Member must have exactly one of its fields set";
    default:
      return `Member must be of type ${"expected" in issue ? String(issue.expected) : "object"}`;
  }
}
