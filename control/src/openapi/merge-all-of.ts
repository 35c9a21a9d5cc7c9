// `allOf` of plain objects is one object: easier to read for a model, and the only form in which its fields can be
// arguments of their own.
import { mapping, type Json } from "./part.ts";

/** What only describes. */
export const describing = new Set(["title", "description", "examples", "default", "deprecated"]);
const mergeable = new Set(["type", "properties", "required", ...describing]);

/** One schema that says what `rest` and all `parts` say; null where one of them says more than that of an object. */
export function mergeAllOf(rest: Json, parts: Json[]): Json | null {
  if (parts.length === 1 && isOnlyDescribed(rest)) return { ...parts[0], ...rest };
  const all = [...parts, rest];
  if (!all.every(isPlainObject)) return null;
  const properties: Json = {};
  for (const part of all) {
    for (const [name, schema] of Object.entries(mapping(part["properties"]) ?? {})) {
      const isOther = Object.hasOwn(properties, name) && JSON.stringify(properties[name]) !== JSON.stringify(schema);
      if (isOther) return null;
      properties[name] = schema;
    }
  }
  const required = [...new Set(all.flatMap((part) => (part["required"] as string[] | undefined) ?? []))];
  const words = all.flatMap((part) => Object.entries(part).filter(([key]) => describing.has(key)));
  return { type: "object", ...Object.fromEntries(words), properties, ...(required.length > 0 && { required }) };
}

function isOnlyDescribed(rest: Json): boolean {
  return Object.keys(rest).every((key) => describing.has(key));
}

function isPlainObject(part: Json): boolean {
  const { type = "object" } = part;
  return type === "object" && Object.keys(part).every((key) => mergeable.has(key));
}
