// OpenAI's words for what a strict schema has against a request.
import type { Answer } from "../answer.ts";
import { valueAt, type Complaint } from "../complaint.ts";
import { errorAnswer } from "./errors.ts";

export function refuseComplaint(complaint: Complaint, body: unknown): Answer {
  const { path, kind, field, issue } = complaint;
  if (kind === "unknown") {
    const param = pathText([...path, field]);
    return errorAnswer(400, `Unknown parameter: '${param}'.`, "unknown_parameter", param);
  }
  const param = pathText(path);
  if (kind === "missing") {
    return errorAnswer(400, `Missing required parameter: '${param}'.`, "missing_required_parameter", param);
  }
  const value = valueAt(body, path);
  if (issue.code === "invalid_value") {
    const supported = listOf(issue.values.map((allowed) => `'${String(allowed)}'`));
    return errorAnswer(
      400,
      `Invalid value: '${String(value)}'. Supported values are: ${supported}.`,
      "invalid_value",
      param,
    );
  }
  if (issue.code === "too_small" || issue.code === "too_big") return refuseBound(issue, param, value);
  if (issue.code === "invalid_format") return refuseFormat(issue, param, String(value));
  const expected = complaint.expected === "record" ? "object" : complaint.expected;
  const wanted = issue.code === "invalid_type" ? `${article(expected)}` : "one of a different type";
  return errorAnswer(
    400,
    `Invalid type for '${param}': expected ${wanted}, but got ${article(typeOf(value))} instead.`,
    "invalid_type",
    param,
  );
}

type Bound = Extract<Complaint["issue"], { code: "too_small" | "too_big" }>;

function refuseBound(issue: Bound, param: string, value: unknown): Answer {
  const small = issue.code === "too_small";
  const limit = small ? issue.minimum : issue.maximum;
  const bound = small ? "below_min" : "above_max";
  if (typeof value === "string") {
    const problem = `string too ${small ? "short" : "long"}. Expected a string with ${small ? "minimum" : "maximum"}`;
    return errorAnswer(
      400,
      `Invalid '${param}': ${problem} length ${limit}, but got a string with length ${value.length} instead.`,
      `string_${bound}_length`,
      param,
    );
  }
  const kind = Number.isInteger(value) ? "integer" : "decimal";
  const problem = small ? `below minimum value. Expected a value >=` : `above maximum value. Expected a value <=`;
  return errorAnswer(
    400,
    `Invalid '${param}': ${kind} ${problem} ${limit}, but got ${String(value)} instead.`,
    `${kind}_${bound}_value`,
    param,
  );
}

type Format = Extract<Complaint["issue"], { code: "invalid_format" }>;

function refuseFormat(issue: Format, param: string, value: string): Answer {
  if (issue.format === "starts_with") {
    const prefix = (issue as unknown as { prefix: string }).prefix;
    return errorAnswer(
      400,
      `Invalid '${param}': '${value}'. Expected an ID that begins with '${prefix}'.`,
      "invalid_value",
      param,
    );
  }
  const pattern = String(issue.pattern).replace(/^\/|\/$/g, "");
  return errorAnswer(
    400,
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`,
    "invalid_value",
    param,
  );
}

/** `input[0].content[1].text` */
export function pathText(path: PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

function listOf(values: string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")}, and ${values.at(-1)}`;
}

function article(noun: string): string {
  const name = noun === "int" ? "integer" : noun;
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (value === null) return "null value";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}
