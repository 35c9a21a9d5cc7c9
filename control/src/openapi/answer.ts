// What an operation answers: the schema of its success, and the media type to ask for.
// https://spec.openapis.org/oas/v3.1.1#responses-object
import type { Path } from "../config/path.ts";
import { jsonType } from "./body.ts";
import type { Findings } from "./findings.ts";
import { mapping, type ApiDocument, type Json, type Part } from "./part.ts";
import { SchemaWriter } from "./schema.ts";

export interface Answer {
  /** Null where the document names none. */
  accept: string | null;
  outputSchema: Json | null;
}

interface Success {
  schema: unknown;
  place: Path;
}

export function answerOf(operation: Part, document: ApiDocument, findings: Findings): Answer {
  const responses = document.below(operation, "responses");
  const codes = Object.keys(responses?.value ?? {}).filter((code) => /^2(?:\d\d|XX)$/i.test(code));
  const named = codes.length > 0 ? codes : ["default"];
  const successes = named.flatMap((code) => (responses && document.below(responses, code)) ?? []);
  const contents = successes.map((part) => document.below(part, "content"));
  const types = contents.flatMap((content) => Object.keys(content?.value ?? {}));
  const json = types.find((type) => jsonType.test(type));
  const accept = json ?? (new Set(types).size === 1 ? types[0]! : null);
  const answer = { accept: accept === "*/*" ? null : accept, outputSchema: null };
  if (json === undefined) return answer;
  // A client refuses an answer without structure where a tool has a schema for it.
  if (contents.some((content) => !content || !Object.keys(content.value).some((type) => jsonType.test(type)))) {
    findings.chosen(
      responses!.place,
      "Some successes are not JSON: the tool has no outputSchema",
      "Nothing has to be done",
    );
    return answer;
  }
  const all = contents.flatMap((content) => (content ? successOf(content, document) : []));
  return { ...answer, outputSchema: outputSchemaOf(all, document, findings) };
}

function successOf(content: Part, document: ApiDocument): Success[] {
  const type = Object.keys(content.value).find((each) => jsonType.test(each));
  const media = type === undefined ? null : document.below(content, type);
  return media ? [{ schema: media.value["schema"], place: [...media.place, "schema"] }] : [];
}

/** The protocol asks for an object, so that of other answers there is only the text. */
function outputSchemaOf(successes: Success[], document: ApiDocument, findings: Findings): Json | null {
  if (successes.length === 0 || successes.some(({ schema }) => !mapping(schema))) return null;
  const writer = new SchemaWriter(document, "answer", findings);
  for (const { schema } of successes) writer.survey(schema);
  const written = successes.map(({ schema, place }) => writer.writeRoot(schema, place));
  const different = [...new Map(written.map((schema) => [JSON.stringify(schema), schema])).values()];
  const objects = different.map((schema) => asObject(schema, writer));
  if (objects.every((schema) => schema !== null)) {
    const [first] = objects;
    return writer.withDefinitions(objects.length === 1 ? first! : { type: "object", anyOf: objects });
  }
  if (different.some((schema) => Object.keys(schema).length > 0)) {
    const fix = "The model reads the answer as text";
    findings.chosen(successes[0]!.place, "The answer is no object: the tool has no outputSchema", fix);
  }
  return null;
}

/** The schema with the type that the protocol asks for; null where it may be something else. */
function asObject(schema: Json, writer: SchemaWriter): Json | null {
  return isObject(schema, writer) ? { ...schema, type: "object" } : null;
}

function isObject(schema: Json, writer: SchemaWriter): boolean {
  const { type, $ref: reference } = schema;
  if (type !== undefined) return type === "object";
  if (typeof reference === "string") return isObject(writer.definition(reference), writer);
  if ("properties" in schema || "additionalProperties" in schema) return true;
  const forms = schema["oneOf"] ?? schema["anyOf"];
  if (Array.isArray(forms)) return forms.length > 0 && forms.every((form) => isObject(mapping(form) ?? {}, writer));
  return Array.isArray(schema["allOf"]) && schema["allOf"].some((form) => isObject(mapping(form) ?? {}, writer));
}
