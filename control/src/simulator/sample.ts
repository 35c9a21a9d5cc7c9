// Values made from JSON schemas, for tool calls and structured output.
import type { Json } from "./answer.ts";

const depthMax = 16;

/** A value that fits a JSON schema of the kind structured outputs allow; strings say they are simulated. */
export function sampleOf(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (schema === null || typeof schema !== "object" || depth > depthMax) return null;
  const { $ref, const: constant, enum: choices, anyOf, oneOf, allOf } = schema as Json;
  if (typeof $ref === "string") return sampleOf(followReference(root, $ref), root, depth + 1);
  if (constant !== undefined) return constant;
  if (Array.isArray(choices)) return choices[0];
  const nested = [anyOf, oneOf, allOf].find(Array.isArray)?.[0] as unknown;
  if (nested !== undefined) return sampleOf(nested, root, depth + 1);
  return sampleOfType(schema as Json, root, depth);
}

function sampleOfType({ type, items, properties, minItems }: Json, root: unknown, depth: number): unknown {
  const first: unknown = Array.isArray(type) ? type[0] : type;
  // Gemini's own schemas have their types in capitals.
  switch (typeof first === "string" ? first.toLowerCase() : first) {
    case "string":
      return "simulated";
    case "integer":
    case "number":
      return 1;
    case "boolean":
      return true;
    case "null":
      return null;
    case "array":
      return Array.from({ length: Number(minItems ?? 1) || 1 }, () => sampleOf(items ?? {}, root, depth + 1));
    default:
      return sampleObject(properties, root, depth);
  }
}

function sampleObject(properties: unknown, root: unknown, depth: number): Json {
  const members = Object.entries((properties ?? {}) as Json);
  return Object.fromEntries(members.map(([name, schema]) => [name, sampleOf(schema, root, depth + 1)]));
}

function followReference(root: unknown, reference: string): unknown {
  const steps = reference
    .replace(/^#\/?/, "")
    .split("/")
    .filter((step) => step !== "");
  return steps.reduce<unknown>((value, step) => (value as Json | undefined)?.[step], root);
}
