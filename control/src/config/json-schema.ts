// The configuration's JSON Schema, for editors: it completes and explains fields while one writes. Weir itself checks
// with the schemas it is made from, which say more.
import { z } from "zod";
import { configSchema } from "./schema/config.ts";

/** JSON Schema, draft 2020-12, with what the reference page shows of each field. */
export interface FieldSchema {
  type?: string | string[];
  /** The type's name for people. */
  form?: string;
  description?: string;
  default?: unknown;
  sample?: unknown;
  enum?: string[];
  properties?: Record<string, FieldSchema>;
  required?: string[];
  items?: FieldSchema;
  propertyNames?: FieldSchema;
  additionalProperties?: boolean | FieldSchema;
}

/** As the schemas say it, `form` and `sample` included. */
export function describeConfig(): FieldSchema {
  return z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as FieldSchema;
}

/** As editors take it: references are allowed where a value is not text, and `x-` sections at the top. */
export function toJsonSchema(): Record<string, unknown> {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Weir configuration",
    ...(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any", override: forEditors }) as object),
    patternProperties: { "^x-": {} },
    // Something has to be served.
    anyOf: [{ required: ["providers", "routes"] }, { required: ["mcpServers"] }],
  };
}

const reference = "\\$\\{";

function forEditors({ jsonSchema }: { jsonSchema: Record<string, unknown> }): void {
  const { sample, enum: words, pattern } = jsonSchema;
  if (sample !== undefined) jsonSchema["examples"] = [sample];
  if (Array.isArray(words) && jsonSchema["form"] === "word") {
    delete jsonSchema["enum"];
    jsonSchema["anyOf"] = [{ enum: words }, { pattern: reference }];
  }
  const isMixed = Array.isArray(jsonSchema["type"]);
  if (isMixed && pattern === undefined) jsonSchema["pattern"] = `^[0-9]+$|^(true|false)$|${reference}`;
  if (pattern === "^/") jsonSchema["pattern"] = `^/|${reference}`;
  delete jsonSchema["sample"];
  delete jsonSchema["form"];
}
