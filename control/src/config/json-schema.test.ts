// Holds the JSON Schema against the golden cases: editors must accept what Weir accepts, and see the coarse mistakes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { describeConfig, toJsonSchema, type FieldSchema } from "./json-schema.ts";

const schema = z.fromJSONSchema(toJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
const read = (name: string): unknown =>
  parse(readFileSync(join(import.meta.dirname, "testdata", `${name}.yaml`), "utf8"), { merge: true });

const accepted = [
  "minimal",
  "quick-start",
  "everything",
  "references",
  "anchors-and-merge",
  "urls",
  "shadowed-routes",
  "dialects",
  "clouds",
  "mcp",
  "mcp-alone",
];
const refused = ["unknown-keys", "wrong-types", "wrong-types-inside", "not-a-mapping", "unknown-type"];

test("asks for something to serve, which zod itself cannot read", () => {
  expect(toJsonSchema()).toMatchObject({
    anyOf: [{ required: ["providers", "routes"] }, { required: ["mcpServers"] }],
  });
});

test.each(accepted)("accepts %s", (name) => {
  expect(schema.safeParse(read(name)).error?.issues ?? []).toEqual([]);
});

test.each(refused)("refuses %s", (name) => {
  expect(schema.safeParse(read(name)).success).toBe(false);
});

test("accepts sections of one's own, for anchors", () => {
  expect(schema.safeParse({ "x-shared": 1, providers: [], routes: [] }).success).toBe(true);
});

describe("every field", () => {
  const fields = fieldsOf(describeConfig(), "");

  test("is there to be checked", () => {
    expect(fields.length).toBeGreaterThan(30);
  });

  test.each(fields)("%s has a description and the name of its type", (_, field) => {
    expect(field.description ?? "").toMatch(/^[A-Z`].*\.$/s);
    const isStructure =
      field.properties !== undefined || field.items !== undefined || field.propertyNames !== undefined;
    expect(isStructure || field.form !== undefined).toBe(true);
  });
});

function fieldsOf(schema: FieldSchema, path: string): [string, FieldSchema][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const fieldPath = path === "" ? name : `${path}.${name}`;
    const nested = field.items ? fieldsOf(field.items, `${fieldPath}[]`) : fieldsOf(field, fieldPath);
    return [[fieldPath, field] as [string, FieldSchema], ...nested];
  });
}
