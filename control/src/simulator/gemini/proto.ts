// Messages as Google's JSON takes them: names in camel or snake case, null for absent, a single value for a list of
// one, numbers as text. https://protobuf.dev/programming-guides/json/
import { z } from "zod";
import { isGiven } from "../answer.ts";

export type Shape = Record<string, z.ZodType>;

/** Unknown fields are refused by the names they came with. */
export function message(shape: Shape): z.ZodType {
  const optional = Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, field.nullish()]));
  return z.preprocess((value) => withKnownNames(value, shape), z.strictObject(optional));
}

export function repeated(item: z.ZodType): z.ZodType {
  return z.preprocess((value) => (isGiven(value) && !Array.isArray(value) ? [value] : value), z.array(item));
}

/** Keys of any kind, `entry` for each value. */
export function map(entry: z.ZodType): z.ZodType {
  return z.record(z.string(), entry);
}

/** The description is what Google calls the type in its errors. */
export const text = z.string().describe("TYPE_STRING");
export const bool = z.boolean().describe("TYPE_BOOL");
export const bytes = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]*={0,2}$/)
  .describe("TYPE_BYTES");
export const double = z.preprocess(toNumber, z.number()).describe("TYPE_FLOAT");
export const int = z.preprocess(toNumber, z.number().int()).describe("TYPE_INT32");
/** A Struct: any object. */
export const struct = z.record(z.string(), z.unknown()).describe("type.googleapis.com/google.protobuf.Struct");
/** A Value, or a message that the simulator does not look into. */
export const anything = z.unknown();

export function oneOf(name: string, values: string[]): z.ZodType {
  return z.enum(values).describe(`type.googleapis.com/google.ai.generativelanguage.v1beta.${name}`);
}

function toNumber(value: unknown): unknown {
  return typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)) ? Number(value) : value;
}

function withKnownNames(value: unknown, shape: Shape): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const camel = toCamel(name);
      return [camel in shape ? camel : name, field];
    }),
  );
}

function toCamel(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function toSnake(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
