// Parameters of an operation, its own and those of its path, as arguments of a tool.
// https://spec.openapis.org/oas/v3.1.1#parameter-object
import { readHeaderName } from "../config/schema/http.ts";
import { Mistake } from "../config/schema/scalar.ts";
import type { Findings } from "./findings.ts";
import type { Operation } from "./operations.ts";
import { listOf, mapping, textOf, type ApiDocument, type Json, type Part } from "./part.ts";
import type { RequestDraft, Where } from "./request-draft.ts";
import type { SchemaWriter } from "./schema.ts";
import { cookieTemplate, headerTemplate, pathTemplate, queryTemplate, type Shape, type Styled } from "./styles.ts";

export interface Parameter {
  wire: string;
  where: Where;
  schema: unknown;
  part: Part;
  /** Written as a whole, as its media type says. */
  isContent: boolean;
}

const places: Where[] = ["path", "query", "header", "cookie"];
/** OpenAPI has other words for these, and ignores such parameters. */
const ignoredHeaders = ["accept", "content-type", "authorization"];

/** All that hold for `operation`, paths first. Its own stand in place of its path's. */
export function parametersOf(operation: Operation, document: ApiDocument, findings: Findings): Parameter[] {
  const { item, part } = operation;
  const all = [item, part].flatMap((holder) => {
    reportMissing(holder, document, findings);
    return document.allBelow(holder, "parameters");
  });
  const known = new Map<string, Parameter>();
  for (const each of all) {
    const parameter = parameterOf(each, document, findings);
    if (parameter) known.set(`${parameter.where} ${parameter.wire}`, parameter);
  }
  addUndeclared(operation, known, findings);
  const list = [...known.values()].filter(({ where, wire }) => isUsed(operation, where, wire, findings));
  return list.sort((a, b) => places.indexOf(a.where) - places.indexOf(b.where));
}

function reportMissing(holder: Part, document: ApiDocument, findings: Findings): void {
  for (const [index, value] of listOf(holder.value["parameters"]).entries()) {
    const written = mapping(value);
    const place = [...holder.place, "parameters", index];
    if (written && document.follow({ value: written, place })) continue;
    const message = `The reference ${String(written?.["$ref"])} leads nowhere`;
    findings.lost(place, message, "The parameter is left out; correct the reference");
  }
}

function parameterOf(part: Part, document: ApiDocument, findings: Findings): Parameter | null {
  const { name, in: where } = part.value;
  const isKnown = typeof name === "string" && places.includes(where as Where);
  if (!isKnown) {
    findings.lost(part.place, "The parameter has no name, or no place that is known", "Give it a name and in");
    return null;
  }
  if (where === "header" && ignoredHeaders.includes(name.toLowerCase())) return null;
  const mistake = where === "header" ? headerMistake(name) : null;
  if (mistake !== null) {
    findings.lost(part.place, `The header ${name} ${mistake}`, "The parameter is left out; correct its name");
    return null;
  }
  const [content] = document.allBelow(part, "content");
  const schema = content ? content.value["schema"] : part.value["schema"];
  return { wire: name, where: where as Where, schema, part, isContent: content !== undefined };
}

/** Why a header of this name cannot be sent; null where it can. */
export function headerMistake(name: string): string | null {
  const read = readHeaderName(name);
  return read instanceof Mistake ? read.message : null;
}

/** What stands in braces in the path has to come from somewhere. */
function addUndeclared({ path, part }: Operation, known: Map<string, Parameter>, findings: Findings): void {
  for (const [, name = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    if (known.has(`path ${name}`)) continue;
    findings.lost(
      part.place,
      `The path's {${name}} is not among the parameters`,
      "It is taken to be a text; declare it",
    );
    const own: Part = { value: { name, in: "path", required: true }, place: part.place };
    known.set(`path ${name}`, { wire: name, where: "path", schema: { type: "string" }, part: own, isContent: false });
  }
}

function isUsed({ path, part }: Operation, where: Where, wire: string, findings: Findings): boolean {
  if (where !== "path" || path.includes(`{${wire}}`)) return true;
  findings.lost(part.place, `The path has no {${wire}}, as a parameter says`, "Correct the path or the parameter");
  return false;
}

/** Adds one to the request. */
export function addParameter(
  parameter: Parameter,
  draft: RequestDraft,
  writer: SchemaWriter,
  findings: Findings,
): void {
  const { wire, where, part, isContent } = parameter;
  const schema = argumentSchema(parameter, writer, findings);
  const shape = shapeOf(schema);
  const { style = defaultStyles[where], explode } = part.value;
  const isExploded = typeof explode === "boolean" ? explode : style === "form";
  const isPlain = isContent || isPositional({ shape, style: String(style), isExploded, where });
  const isRequired = where === "path" || part.value["required"] === true;
  const name = draft.names.claim(wire, where, !isPlain);
  const isRenamed = name !== wire && where !== "path";
  const styled: Styled = { wire, name, shape: isContent ? "scalar" : shape, style: String(style), isExploded };
  if (part.value["allowReserved"] === true) {
    findings.lost(
      [...part.place, "allowReserved"],
      "Reserved characters are escaped all the same",
      "APIs read both alike",
    );
  }
  if (shape === "object" && style === "deepObject" && isNested(schema)) {
    findings.lost(
      part.place,
      "deepObject has no form for what is nested deeper: it is sent as JSON",
      "Check what the API takes",
    );
  }
  if (isPlain && !isRenamed) {
    if (where === "path") draft.path = draft.path.replaceAll(`{${wire}}`, `{${name}}`);
    const exploded = where === "query" && shape === "list" && isExploded && !isContent;
    draft.args.push({ name, schema, isRequired, position: where, ...(exploded && { isExploded: true }) });
    return;
  }
  // A template can only name what is a field's name.
  draft.args.push({ name, schema, isRequired });
  addTemplate(styled, where, draft);
}

const defaultStyles: Record<Where, string> = {
  path: "simple",
  query: "form",
  header: "simple",
  cookie: "form",
  body: "",
};

interface Form {
  shape: Shape;
  style: string;
  isExploded: boolean;
  where: Where;
}

/** Whether an argument's position says all. */
function isPositional({ shape, style, isExploded, where }: Form): boolean {
  if (where === "path" && style !== "simple") return false;
  return shape === "scalar" || (where === "query" && shape === "list" && isExploded);
}

function addTemplate(styled: Styled, where: Where, draft: RequestDraft): void {
  if (where === "path") draft.path = draft.path.replaceAll(`{${styled.wire}}`, pathTemplate(styled));
  else if (where === "query") draft.query.push(queryTemplate(styled));
  else if (where === "header") draft.headers.push({ key: styled.wire, value: headerTemplate(styled) });
  else draft.cookies.push(cookieTemplate(styled));
}

/** What a model is told: a parameter cannot be null, and an empty one in a path would make another path of it. */
function argumentSchema({ schema, where, part }: Parameter, writer: SchemaWriter, findings: Findings): Json {
  if (schema === undefined && where !== "path") {
    findings.lost(part.place, "The parameter has no schema", "Anything is taken for it");
  }
  const written = withoutNull(mapping(writer.write(schema ?? {}, [...part.place, "schema"])) ?? {});
  const description = textOf(part.value["description"]);
  const { type, minLength } = written;
  return {
    ...written,
    ...(description !== undefined && { description }),
    ...(part.value["deprecated"] === true && { deprecated: true }),
    ...(where === "path" && type === "string" && minLength === undefined && { minLength: 1 }),
  };
}

/** Without the null that parameters have no form for. */
function withoutNull(schema: Json): Json {
  const { type, anyOf, ...rest } = schema;
  if (Array.isArray(type)) {
    const types = type.filter((each) => each !== "null");
    const enumeration = Array.isArray(rest["enum"]) && { enum: rest["enum"].filter((value) => value !== null) };
    return { type: types.length === 1 ? types[0] : types, ...rest, ...enumeration };
  }
  if (!Array.isArray(anyOf)) return schema;
  const forms = anyOf.filter((each) => mapping(each)?.["type"] !== "null");
  return forms.length === 1 ? { ...mapping(forms[0]), ...rest } : { anyOf: forms, ...rest };
}

/** Of one that may be several things it is told when it is called. */
export function shapeOf(schema: Json): Shape {
  const { type } = schema;
  if (type === "array" || (type === undefined && "items" in schema)) return "list";
  return type === "object" || (type === undefined && "properties" in schema) ? "object" : "scalar";
}

function isNested(schema: Json): boolean {
  return Object.values(mapping(schema["properties"]) ?? {}).some((each) => shapeOf(mapping(each) ?? {}) !== "scalar");
}
