// The keywords of JSON Schema, and what each of them may be: clients compile the schemas of tools, and some give up the
// whole list for one that is none. https://json-schema.org/draft/2020-12/meta/validation
import { mapping } from "./part.ts";

/** Keywords that hold schemas: one, a list, or a mapping of them. */
export const schemaKeywords = new Set([
  "items",
  "additionalProperties",
  "contains",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
  "unevaluatedProperties",
  "unevaluatedItems",
]);
export const listKeywords = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
export const mapKeywords = new Set(["properties", "patternProperties", "dependentSchemas"]);
/** Those that say nothing to a model, or have been carried out here. */
export const silentKeywords = new Set([
  "xml",
  "externalDocs",
  "nullable",
  "$defs",
  "definitions",
  "$comment",
  "$schema",
  "$id",
  "$anchor",
  "example",
  "collectionFormat",
  "allowEmptyValue",
]);

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isFlag: Check = (value) => typeof value === "boolean";
const isNumber: Check = (value) => typeof value === "number" && Number.isFinite(value);
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isAnything: Check = () => true;
const isNames: Check = (value) => isList(value) && value.every(isText) && new Set(value).size === value.length;
const types = new Set<unknown>(["array", "boolean", "integer", "null", "number", "object", "string"]);
const isType: Check = (value) =>
  types.has(value) ||
  (isNames(value) && (value as string[]).length > 0 && (value as string[]).every((type) => types.has(type)));

/** By keyword of those that hold no schemas. */
const checks: Record<string, Check> = {
  type: isType,
  enum: (value) => isList(value) && value.length > 0,
  const: isAnything,
  default: isAnything,
  examples: isList,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  pattern: (value) => typeof value === "string" && isPattern(value),
  required: isNames,
  dependentRequired: (value) => Object.values(mapping(value) ?? { none: null }).every(isNames),
  ...Object.fromEntries(
    ["title", "description", "format", "contentEncoding", "contentMediaType"].map((keyword) => [keyword, isText]),
  ),
  ...Object.fromEntries(["deprecated", "uniqueItems"].map((keyword) => [keyword, isFlag])),
  ...Object.fromEntries(
    ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"].map((keyword) => [keyword, isNumber]),
  ),
  ...Object.fromEntries(
    [
      ...["minLength", "maxLength", "minItems", "maxItems"],
      ...["minContains", "maxContains", "minProperties", "maxProperties"],
    ].map((keyword) => [keyword, isCount]),
  ),
};

/** Whether it is a keyword that holds no schemas. */
export function isPlainKeyword(keyword: string): boolean {
  return Object.hasOwn(checks, keyword);
}

/** Whether a keyword that holds no schemas may be `value`. */
export function isAllowed(keyword: string, value: unknown): boolean {
  return checks[keyword]!(value);
}

/** As JSON Schema wants them. */
export function isPattern(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    return false;
  }
}
