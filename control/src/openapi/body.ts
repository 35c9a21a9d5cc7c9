// The body of a request: a JSON object's fields become arguments of their own where nothing is lost by it, else the
// whole is one argument. Forms are in form-body.ts.
// https://spec.openapis.org/oas/v3.1.1#request-body-object
import type { Findings } from "./findings.ts";
import { addForm, addMultipart, type FormBody } from "./form-body.ts";
import { mapping, textOf, type ApiDocument, type Json, type Part } from "./part.ts";
import type { RequestDraft } from "./request-draft.ts";
import type { SchemaWriter } from "./schema.ts";

export const jsonType = /^application\/(?:[\w.+-]+\+)?json(?:;|$)/i;
const preferences = [
  /^application\/json(?:;|$)/i,
  jsonType,
  /^\*\/\*$/,
  /^application\/x-www-form-urlencoded/i,
  /^multipart\//i,
  /^text\//i,
];

export interface Body {
  part: Part;
  mediaType: string;
  /** The media type's object. */
  media: Part;
}

/** The body of an operation in the form that suits a model best; null for none. */
export function bodyOf(operation: Part, document: ApiDocument): Body | null {
  const part = document.below(operation, "requestBody");
  const content = part && document.below(part, "content");
  if (!part || !content) return null;
  const types = Object.keys(content.value);
  const preferred = preferences.map((pattern) => types.find((type) => pattern.test(type)));
  const mediaType = preferred.find((type) => type !== undefined) ?? types[0];
  const media = mediaType === undefined ? null : document.below(content, mediaType);
  return media && { part, media, mediaType: mediaType === "*/*" ? "application/json" : mediaType! };
}

/** Adds it to the request. */
export function addBody(body: Body, draft: RequestDraft, writer: SchemaWriter, findings: Findings): void {
  const { part, media, mediaType } = body;
  const isRequired = part.value["required"] === true;
  const place = [...media.place, "schema"];
  const schema = writer.writeRoot(media.value["schema"] ?? {}, place);
  const description = textOf(part.value["description"]);
  const form: FormBody = { schema, isRequired, media, description };
  if (jsonType.test(mediaType)) addJson(form, mediaType, draft, findings);
  else if (/^application\/x-www-form-urlencoded/i.test(mediaType)) addForm(form, draft, findings);
  else if (/^multipart\/form-data/i.test(mediaType)) addMultipart(form, draft, findings);
  else addRaw(form, mediaType, draft, findings);
}

/** With what an object of plain fields says, and nothing else. */
const plainKeys = new Set(["type", "properties", "required", "title", "description", "examples", "deprecated"]);

/** Whether each field can be an argument. */
function isPlainObject(schema: Json): boolean {
  const names = Object.keys(mapping(schema["properties"]) ?? {});
  const isClosed = schema["additionalProperties"] === false;
  const others = Object.keys(schema).filter(
    (key) => !plainKeys.has(key) && !(isClosed && key === "additionalProperties"),
  );
  return names.length > 0 && others.length === 0 && (schema["type"] ?? "object") === "object";
}

function addJson(form: FormBody, mediaType: string, draft: RequestDraft, findings: Findings): void {
  const { schema, isRequired, media } = form;
  const names = Object.keys(mapping(schema["properties"]) ?? {});
  const required = (schema["required"] as string[] | undefined) ?? [];
  const isUsual = /^application\/json$/i.test(mediaType);
  // An empty object has to be sent where a body is asked for, and none of its fields.
  const mayBeEmpty = isRequired && required.length === 0;
  const isFlat =
    isPlainObject(schema) &&
    names.every((name) => draft.names.isFree(name)) &&
    (isRequired || isUsual) &&
    !(mayBeEmpty && draft.hasFreeArguments);
  if (!isFlat) return addWhole(form, mediaType, draft);
  if (!isRequired && required.length > 0) {
    const message = `The body may be left out, but ${required.join(", ")} is asked for`;
    findings.chosen(media.place, message, "Say required: true of the body if it is; else ask for nothing in the tool");
  }
  for (const name of names) {
    const isOwnRequired = required.includes(name);
    draft.args.push({
      name: draft.names.claim(name, "body", false),
      schema: mapping(schema["properties"])?.[name],
      isRequired: isOwnRequired,
      position: "body",
    });
  }
  if (mayBeEmpty) draft.gathers = "argsToJsonBody";
  if (!isUsual) draft.headers.push({ key: "Content-Type", value: mediaType });
}

/** The whole body as one argument. */
function addWhole({ schema, isRequired, description }: FormBody, mediaType: string, draft: RequestDraft): void {
  const name = draft.names.claim("body", "body", true);
  draft.args.push({ name, schema: { ...schema, ...(description !== undefined && { description }) }, isRequired });
  draft.body = ifGiven(name, `{{toRawJson .args.${name}}}`, isRequired);
  if (!/^application\/json$/i.test(mediaType)) {
    draft.headers.push({ key: "Content-Type", value: ifGiven(name, mediaType, isRequired) });
  }
}

function ifGiven(name: string, text: string, isRequired: boolean): string {
  return isRequired ? text : `{{if hasKey .args "${name}"}}${text}{{end}}`;
}

/** A text as it is, or bytes, which JSON can only carry as base64. */
function addRaw(form: FormBody, mediaType: string, draft: RequestDraft, findings: Findings): void {
  const { isRequired, media, description } = form;
  const isText = /^text\/|[+/]xml|yaml|ndjson|javascript/i.test(mediaType);
  const name = draft.names.claim("body", "body", true);
  const words = description === undefined ? "" : `${description}. `;
  const schema = isText
    ? { type: "string", description: `${words}The whole body, as ${mediaType}` }
    : {
        type: "string",
        contentEncoding: "base64",
        contentMediaType: mediaType,
        description: `${words}The whole body, in base64`,
      };
  if (isText && mapping(media.value["schema"])?.["type"] === "object") {
    findings.lost(media.place, `A model has to write ${mediaType} by itself`, "Prefer an operation that takes JSON");
  }
  draft.args.push({ name, schema, isRequired });
  draft.body = ifGiven(name, isText ? `{{.args.${name}}}` : `{{b64dec .args.${name}}}`, isRequired);
  draft.headers.push({ key: "Content-Type", value: ifGiven(name, mediaType, isRequired) });
}
