// Mappings of names to values: headers that are set for a provider, and headers, query parameters and cookies that a
// route asks for.
import { readHeaderName, readHeaderValue, readMatchedHeaderName, readParameterName } from "./http.ts";
import { entries } from "./map.ts";
import { readPattern } from "./pattern.ts";
import { Mistake } from "./scalar.ts";

const form = { form: "mapping of header to value", additionalProperties: { type: "string" } };

/** Headers to set on a request. */
export const headersToSet = () => entries(form, { key: readHeaderName, value: readValue });

/** Headers that a request must have. */
export const headersToMatch = () => entries(form, { key: readMatchedHeaderName, value: readValue });

const conditionForm = { form: "mapping of name to value", additionalProperties: { type: "string" } };

/** Parameters that a path's query must have; the value as it stands there, escapes and all. */
export const queryToMatch = () => entries(conditionForm, { key: readParameterName, value: readParameterValue });

/** Cookies that a request must have. */
export const cookiesToMatch = () => entries(conditionForm, { key: readParameterName, value: readParameterValue });

const patternForm = { form: "mapping of name to pattern", additionalProperties: { type: "string" } };

/** Headers whose values are to fit a pattern. */
export const headerPatterns = () => entries(patternForm, { key: readMatchedHeaderName, value: readPatternValue });

/** The same for parameters of the query and for cookies. */
export const parameterPatterns = () => entries(patternForm, { key: readParameterName, value: readPatternValue });

function readPatternValue(value: unknown): string | Mistake {
  return typeof value === "string" ? readPattern(value) : new Mistake("must be text", "Put the value in quotes");
}

/** Members of a JSON body; `a.b` is the member `b` of the object `a`. */
export const bodyToMatch = () => entries(conditionForm, { key: readMemberPath, value: readMemberValue });

function readMemberPath(path: string): string | Mistake {
  if (path.length <= 256 && !/^\.|\.\.|\.$|^$/.test(path) && path.split(".").length <= 8) return path;
  return new Mistake("is not a path of names", "Write names with dots between them, such as metadata.tier");
}

function readMemberValue(value: unknown): string | Mistake {
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value !== "string")
    return new Mistake("must be text", "Write one value, or a beginning with * at its end");
  const isPattern = !value.slice(0, -1).includes("*") && value.length <= 1024;
  return isPattern
    ? value
    : new Mistake("has a * that is not at the end", "Write a value, or a beginning with * behind it");
}

function readParameterValue(value: unknown): string | Mistake {
  if (typeof value !== "string") return new Mistake("must be text", "Put the value in quotes");
  if (/^[\x21-\x7e]{0,1024}$/.test(value) && !/["#&,;\\]/.test(value)) return value;
  return new Mistake("has a character that cannot be there", "Write it escaped, as clients send it: %20 for a space");
}

function readValue(value: unknown): string | Mistake {
  if (typeof value === "string") return readHeaderValue(value);
  return new Mistake("must be text", "Put the value in quotes");
}
