// Google's words for what does not fit a message, all of it at once, and the request with its names in camel case.
import type { z } from "zod";
import type { Answer, Json } from "../answer.ts";
import { complaintsAbout, type Complaint } from "../complaint.ts";
import { googleError } from "./errors.ts";
import { toSnake } from "./proto.ts";

/** The request as the schema reads it, or a refusal. */
export function readRequest(schema: z.ZodType, body: Json): { json: Json } | Answer {
  const complaints = complaintsAbout(schema, body);
  if (complaints.length === 0) return { json: schema.parse(body) as Json };
  const violations = complaints.map((complaint) => describe(complaint, schema, body));
  const details = {
    "@type": "type.googleapis.com/google.rpc.BadRequest",
    fieldViolations: violations.map(({ field, description }) => ({ ...(field ? { field } : {}), description })),
  };
  return googleError(400, violations.map(({ description }) => description).join("\n"), [details]);
}

function describe(complaint: Complaint, schema: z.ZodType, body: Json): { field: string; description: string } {
  const { path, kind, field: name } = complaint;
  const field = pathText(path, body);
  if (kind === "unknown") {
    const place = field ? ` at '${field}'` : "";
    return { field, description: `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.` };
  }
  const value = JSON.stringify(find(body, path));
  const type = typeAt(schema, path);
  const wrong = type === "TYPE_BYTES" ? `Base64 decoding failed for ${value}` : value;
  return { field, description: `Invalid value at '${field}' (${type}), ${wrong}` };
}

/** `tools[0].function_declarations[0].parameters.properties[2].value`: an entry of a map goes by its number. */
function pathText(path: PropertyKey[], body: Json): string {
  return path.reduce<string>((text, step, index) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = String(step);
    if (path[index - 1] === "properties") {
      return `${text}[${Object.keys(find(body, path.slice(0, index)) ?? {}).indexOf(name)}].value`;
    }
    return text === "" ? toSnake(name) : `${text}.${toSnake(name)}`;
  }, "");
}

/** Finds a field by either spelling; a list of one may be written without brackets. */
function find(root: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>((value, step) => {
    if (typeof step === "number") return Array.isArray(value) ? value[step] : value;
    const fields = (value ?? {}) as Json;
    return fields[String(step)] ?? fields[toSnake(String(step))];
  }, root);
}

interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  element?: z.ZodType;
  valueType?: z.ZodType;
  innerType?: z.ZodType;
  out?: z.ZodType;
  getter?: () => z.ZodType;
}

/** What Google calls the type of a field: the description that its schema carries. */
function typeAt(root: z.ZodType, path: PropertyKey[]): string {
  let schema: z.ZodType | undefined = root;
  let described = "";
  const enter = (): void => {
    for (;;) {
      described = schema?.description ?? described;
      const { innerType, out, getter } = (schema?.def ?? {}) as unknown as Definition;
      const inner: z.ZodType | undefined = innerType ?? out ?? getter?.();
      if (!inner) return;
      schema = inner;
    }
  };
  enter();
  for (const step of path) {
    const { shape, element, valueType } = (schema?.def ?? {}) as unknown as Definition;
    described = "";
    schema = shape?.[String(step)] ?? element ?? valueType;
    enter();
  }
  return described || "type.googleapis.com/google.protobuf.Message";
}
