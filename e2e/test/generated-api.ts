// OpenAPI documents that a seed makes, in the three versions, and what each of their operations must be called with:
// worked out here from the specification, not by the import.
// https://spec.openapis.org/oas/v3.1.1 · https://spec.openapis.org/oas/v2.0
import type { Random } from "../../sdk/test/random.ts";

// oxlint-disable-next-line typescript/no-explicit-any -- documents are plain JSON
export type Json = Record<string, any>;

export const versions = ["2.0", "3.0.3", "3.1.0"] as const;
export type Version = (typeof versions)[number];

/** A call of one operation, and the request that it must become. */
export interface Expectation {
  operationId: string;
  /** By what the API calls them. */
  args: Record<string, unknown>;
  method: string;
  /** Decoded, below the base path. */
  segments: string[];
  query: [string, string][];
  headers: Record<string, string>;
  /** By what the API calls its fields; undefined where there is no body. */
  body: Json | undefined;
  isForm: boolean;
}

export interface GeneratedApi {
  document: Json;
  expectations: Expectation[];
}

interface Drawn {
  name: string;
  schema: Json;
  value: unknown;
}

const words = [
  "a",
  "b c",
  "é",
  "x/y",
  "50%",
  "a&b=c",
  "+1",
  "🦀",
  "{x}",
  "#h",
  '"q"',
  "{{.args}}",
  "${HOME}",
  "..a",
  "\\",
];
const nameParts = ["id", "Key", "page_size", "filter[x]", "$top", "x.y", "with space", "sort-by", "é", "class"];
const methods = ["get", "post", "put", "patch", "delete"];

const word = (random: Random): string => random.of(words) + random.of(words);

/** A value and its schema. `isText`: one that stands in a URL or a header. */
function drawSchema(random: Random, isText: boolean): Omit<Drawn, "name"> {
  const kinds = isText
    ? ["string", "integer", "boolean"]
    : ["string", "integer", "boolean", "array", "object", "number"];
  switch (random.of(kinds)) {
    case "integer":
      return { schema: { type: "integer", minimum: -5 }, value: random.below(1000) - 5 };
    case "number":
      return { schema: { type: "number" }, value: random.below(1000) / 8 };
    case "boolean":
      return { schema: { type: "boolean" }, value: random.below(2) === 1 };
    case "array":
      return { schema: { type: "array", items: { type: "string" } }, value: [word(random), word(random)] };
    case "object": {
      const schema = {
        type: "object",
        properties: { in: { type: "integer" } },
        additionalProperties: { type: "string" },
      };
      return { schema, value: { in: random.below(9), [random.of(nameParts)]: word(random) } };
    }
    default:
      return { schema: { type: "string", description: word(random) }, value: word(random) };
  }
}

/** Names are numbered: no two of an operation are the same, whatever is made of them. */
class Names {
  #count = 0;

  next(random: Random, parts: readonly string[] = nameParts): string {
    return `${random.of(parts)}${this.#count++}`;
  }
}

export function generateApi(random: Random, version: Version): GeneratedApi {
  const paths: Json = {};
  const expectations: Expectation[] = [];
  for (let index = 0, count = 1 + random.below(4); index < count; index++) {
    const { path, method, operation, item, expectation } = generateOperation(random, version, index);
    paths[path] = { ...item, [method]: operation };
    expectations.push(expectation);
  }
  const info = { title: `API ${word(random)}`, version: "1" };
  const place =
    version === "2.0"
      ? { swagger: "2.0", host: "api.test", basePath: "/base", schemes: ["https"] }
      : { openapi: version, servers: [{ url: "https://api.test/base" }] };
  return { document: { ...place, info, paths }, expectations };
}

function generateOperation(random: Random, version: Version, index: number) {
  const names = new Names();
  const method = random.of(methods);
  const several = (limit: number, isText: boolean, parts?: readonly string[]): Drawn[] =>
    Array.from({ length: random.below(limit) }, () => ({
      name: names.next(random, parts),
      ...drawSchema(random, isText),
    }));
  const [inPath, inQuery] = [several(3, true, ["id", "Key", "x_y"]), several(4, true)];
  const [inHeaders, inBody] = [several(2, true, ["X-A", "X-B"]), method === "get" ? [] : several(4, false)];
  const headers = inHeaders.map((each) => ({
    ...each,
    value: String(each.value)
      .replace(/[^ -~]/g, "_")
      .trim(),
  }));
  const texts = headers.map(({ schema: _schema, ...rest }) => ({ ...rest, schema: { type: "string" } }));
  const isForm = random.below(3) === 0;
  const body = isForm ? inBody.filter(({ value }) => typeof value !== "object") : inBody;
  const parameters = [
    ...inPath.map((each) => parameterOf(each, "path", version)),
    ...inQuery.map((each) => parameterOf(each, "query", version)),
    ...texts.map((each) => parameterOf(each, "header", version)),
  ];
  const [shared, own] = random.below(2) ? [parameters, []] : [[], parameters];
  const operationId = `op${index}`;
  const operation = {
    operationId,
    summary: word(random),
    parameters: own,
    responses: { 200: { description: "ok" } },
    ...bodyOf(body, isForm, version),
  };
  if (version === "2.0" && body.length > 0) operation.parameters = [...own, ...formerBody(body, isForm)];
  const path = [`/p${index}`, ...inPath.map(({ name }) => `/{${name}}`)].join("");
  const all = [...inPath, ...inQuery, ...texts];
  const expectation: Expectation = {
    operationId,
    args: Object.fromEntries(all.map(({ name, value }) => [name, value])),
    method: method.toUpperCase(),
    segments: [`p${index}`, ...inPath.map(({ value }) => String(value))],
    query: inQuery.map(({ name, value }) => [name, String(value)]),
    headers: Object.fromEntries(texts.map(({ name, value }) => [name.toLowerCase(), String(value)])),
    body: body.length === 0 ? undefined : Object.fromEntries(body.map(({ name, value }) => [name, value])),
    isForm,
  };
  return { path, method, operation, item: shared.length > 0 ? { parameters: shared } : {}, expectation };
}

function parameterOf({ name, schema }: Drawn, where: string, version: Version): Json {
  const { description, ...type } = schema;
  const common = { name, in: where, required: true, ...(description !== undefined && { description }) };
  return version === "2.0" ? { ...common, ...type } : { ...common, schema };
}

function objectOf(fields: Drawn[]): Json {
  const properties = Object.fromEntries(fields.map(({ name, schema }) => [name, schema]));
  return { type: "object", required: fields.map(({ name }) => name), properties };
}

function bodyOf(fields: Drawn[], isForm: boolean, version: Version): Json {
  if (fields.length === 0) return {};
  const type = isForm ? "application/x-www-form-urlencoded" : "application/json";
  if (version === "2.0") return { consumes: [type] };
  return { requestBody: { required: true, content: { [type]: { schema: objectOf(fields) } } } };
}

/** https://spec.openapis.org/oas/v2.0#parameter-object */
function formerBody(fields: Drawn[], isForm: boolean): Json[] {
  if (isForm) return fields.map((field) => parameterOf(field, "formData", "2.0"));
  return [{ name: "payload", in: "body", required: true, schema: objectOf(fields) }];
}
