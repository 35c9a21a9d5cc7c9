// The keywords that are checked, and how people name what they ask for.
import { Slice } from "@weir/sdk/assembly";

export const REF = Slice.of("$ref");
export const TYPE = Slice.of("type");
export const ENUM = Slice.of("enum");
export const CONST = Slice.of("const");
export const PROPERTIES = Slice.of("properties");
export const REQUIRED = Slice.of("required");
export const ADDITIONAL_PROPERTIES = Slice.of("additionalProperties");
export const ITEMS = Slice.of("items");
export const PREFIX_ITEMS = Slice.of("prefixItems");
export const MIN_ITEMS = Slice.of("minItems");
export const MAX_ITEMS = Slice.of("maxItems");
export const UNIQUE_ITEMS = Slice.of("uniqueItems");
export const MIN_LENGTH = Slice.of("minLength");
export const MAX_LENGTH = Slice.of("maxLength");
export const PATTERN = Slice.of("pattern");
export const MINIMUM = Slice.of("minimum");
export const MAXIMUM = Slice.of("maximum");
export const EXCLUSIVE_MINIMUM = Slice.of("exclusiveMinimum");
export const EXCLUSIVE_MAXIMUM = Slice.of("exclusiveMaximum");
export const MULTIPLE_OF = Slice.of("multipleOf");
export const ALL_OF = Slice.of("allOf");
export const ANY_OF = Slice.of("anyOf");
export const ONE_OF = Slice.of("oneOf");
export const NOT = Slice.of("not");

export const STRING = Slice.of("string");
export const NUMBER = Slice.of("number");
export const INTEGER = Slice.of("integer");
export const ARRAY = Slice.of("array");
export const OBJECT = Slice.of("object");
export const BOOLEAN = Slice.of("boolean");
export const NULL = Slice.of("null");

/** A type with its article. */
export function nameOfType(type: Slice): string {
  if (type.equals(STRING)) return "a string";
  if (type.equals(NUMBER)) return "a number";
  if (type.equals(INTEGER)) return "an integer";
  if (type.equals(ARRAY)) return "an array";
  if (type.equals(OBJECT)) return "an object";
  if (type.equals(BOOLEAN)) return "true or false";
  return type.toText();
}

/** What a bound's number means. */
export function nameOfBound(keyword: Slice): string {
  if (keyword.equals(MINIMUM)) return "at least";
  if (keyword.equals(MAXIMUM)) return "at most";
  if (keyword.equals(EXCLUSIVE_MINIMUM)) return "more than";
  if (keyword.equals(EXCLUSIVE_MAXIMUM)) return "less than";
  return "a multiple of";
}
