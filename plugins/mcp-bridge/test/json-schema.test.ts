// The check of arguments against JSON Schema, keyword by keyword.
import { beforeAll, describe, expect, test } from "vitest";
import { loadHarness, type Harness } from "./harness.ts";

let harness: Harness;
beforeAll(async () => {
  harness = await loadHarness("json-schema");
});

const check = (schema: unknown, value: unknown): string =>
  harness.text("check", JSON.stringify(schema), JSON.stringify(value)) ?? "";

const person = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 2, maxLength: 5 },
    age: { type: "integer", minimum: 0, maximum: 150 },
    tags: { type: "array", items: { type: "string" }, maxItems: 2, uniqueItems: true },
    unit: { enum: ["C", "F", null] },
    address: { type: "object", properties: { zip: { type: "string", pattern: "^\\d{5}$" } }, required: ["zip"] },
  },
  required: ["name"],
  additionalProperties: false,
};

describe("a person", () => {
  test.each<[unknown, string]>([
    [{ name: "Ada" }, ""],
    [{ name: "Ada", age: 36, tags: ["a", "b"], unit: null, address: { zip: "12345" } }, ""],
    [{ name: "Ada", age: 36.0 }, ""],
    [[], "the whole must be an object"],
    [{}, "name is required"],
    [{ name: 5 }, "name must be a string"],
    [{ name: "A" }, "name is too short"],
    [{ name: "éàüöß" }, ""],
    [{ name: "éàüößx" }, "name is too long"],
    [{ name: "Ada", age: 36.5 }, "age must be an integer"],
    [{ name: "Ada", age: -1 }, "age must be at least 0"],
    [{ name: "Ada", age: 151 }, "age must be at most 150"],
    [{ name: "Ada", age: "36" }, "age must be an integer"],
    [{ name: "Ada", tags: ["a", 1] }, "tags[1] must be a string"],
    [{ name: "Ada", tags: ["a", "a"] }, "tags must not have the same item twice"],
    [{ name: "Ada", tags: ["a", "b", "c"] }, "tags has too many items"],
    [{ name: "Ada", unit: "K" }, 'unit must be one of "C", "F", null'],
    [{ name: "Ada", address: {} }, "address.zip is required"],
    [{ name: "Ada", address: { zip: "1234" } }, "address.zip must match ^\\d{5}$"],
    [{ name: "Ada", other: 1 }, "other is not allowed"],
    [{ name: null }, "name must be a string"],
  ])("%j", (value, problem) => {
    expect(check(person, value)).toBe(problem);
  });
});

const list = {
  $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" }, v: { type: "number" } } } },
};

describe("keywords", () => {
  test.each<[unknown, unknown, string]>([
    [true, 1, ""],
    [false, 1, "the whole is not allowed"],
    [{ type: ["string", "null"] }, null, ""],
    [{ type: ["string", "null"] }, 1, "the whole must be a string or null"],
    [{ const: { a: 1, b: [2] } }, { b: [2.0], a: 1 }, ""],
    [{ const: { a: 1 } }, { a: 2 }, 'the whole must be {"a":1}'],
    [{ exclusiveMinimum: 1 }, 1, "the whole must be more than 1"],
    [{ exclusiveMaximum: 1 }, 1, "the whole must be less than 1"],
    [{ multipleOf: 0.1 }, 0.3, ""],
    [{ multipleOf: 5 }, 7, "the whole must be a multiple of 5"],
    [{ prefixItems: [{ type: "string" }], items: { type: "number" } }, ["a", 1], ""],
    [{ prefixItems: [{ type: "string" }], items: { type: "number" } }, ["a", "b"], "[1] must be a number"],
    [{ items: false }, [], ""],
    [{ minItems: 1 }, [], "the whole has too few items"],
    [{ additionalProperties: { type: "number" } }, { a: "x" }, "a must be a number"],
    [{ allOf: [{ minimum: 1 }, { maximum: 3 }] }, 4, "the whole must be at most 3"],
    [{ anyOf: [{ type: "string" }, { minimum: 5 }] }, 4, "the whole fits none of what it may be"],
    [{ anyOf: [{ type: "string" }, { minimum: 5 }] }, 5, ""],
    [{ oneOf: [{ minimum: 1 }, { maximum: 3 }] }, 2, "the whole must fit exactly one of its forms"],
    [{ not: { type: "string" } }, "a", "the whole is what it must not be"],
    [{ ...list, $ref: "#/$defs/node" }, { next: { next: { v: 1 } } }, ""],
    [{ ...list, $ref: "#/$defs/node" }, { next: { next: { v: "1" } } }, "next.next.v must be a number"],
    [{ properties: { "a/b": { type: "string" } }, items: { $ref: "#/properties/a~1b" } }, [1], "[0] must be a string"],
    [{ $ref: "https://example.com/schema" }, 1, ""],
    [{ pattern: "(?<=a)b" }, "x", ""],
  ])("%j of %j", (schema, value, problem) => {
    expect(check(schema, value)).toBe(problem);
  });

  test("a schema that refers to itself for ever ends", () => {
    expect(check({ $ref: "#" }, 1)).toBe("the whole is too complex to be checked");
    const wide = { anyOf: Array.from({ length: 10 }, () => ({ $ref: "#" })) };
    expect(check(wide, 1)).not.toBe("");
  });
});
