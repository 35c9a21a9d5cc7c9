// Bodies that are forms. What positions cannot say is a template: lists, objects, files.
// https://spec.openapis.org/oas/v3.1.1#encoding-object, https://www.rfc-editor.org/rfc/rfc7578
import type { Findings } from "./findings.ts";
import { mapping, textOf, type Json, type Part } from "./part.ts";
import { shapeOf } from "./parameters.ts";
import type { RequestDraft } from "./request-draft.ts";
import type { Shape } from "./styles.ts";

export interface FormBody {
  schema: Json;
  isRequired: boolean;
  media: Part;
  description: string | undefined;
}

interface Field {
  wire: string;
  schema: Json;
  shape: Shape;
  isRequired: boolean;
  /** How it is to be written, where the document says. */
  encoding: Json;
}

function fieldsOf({ schema, media }: FormBody, findings: Findings): Field[] {
  const required = (schema["required"] as string[] | undefined) ?? [];
  const entries = Object.entries(mapping(schema["properties"]) ?? {});
  if (entries.length === 0) {
    findings.lost(media.place, "The form has no fields of its own: nothing is sent", "Name them in properties");
  }
  return entries.map(([wire, written]) => {
    const own = withoutNull(mapping(written) ?? {});
    const encoding = mapping(mapping(media.value["encoding"])?.[wire]) ?? {};
    return { wire, schema: own, shape: shapeOf(own), isRequired: required.includes(wire), encoding };
  });
}

/** A form has no null. */
function withoutNull(schema: Json): Json {
  const { type } = schema;
  if (!Array.isArray(type) || !type.includes("null")) return schema;
  const types = type.filter((each) => each !== "null");
  return { ...schema, type: types.length === 1 ? types[0] : types };
}

/** `a=1&b=2` */
export function addForm(form: FormBody, draft: RequestDraft, findings: Findings): void {
  const fields = fieldsOf(form, findings);
  const isPlain =
    fields.every(({ wire, shape }) => shape === "scalar" && draft.names.isFree(wire)) && !draft.hasFreeArguments;
  if (isPlain) {
    for (const { wire, schema, isRequired } of fields) {
      draft.args.push({ name: draft.names.claim(wire, "body", false), schema, isRequired, position: "body" });
    }
    draft.gathers = "argsToFormBody";
    return;
  }
  const parts = fields.map((field) => {
    const name = draft.names.claim(field.wire, "body", true);
    draft.args.push({ name, schema: field.schema, isRequired: field.isRequired });
    return formTemplate(field, name);
  });
  draft.body = `{{$s := false}}${parts.join("")}`;
  draft.headers.push({ key: "Content-Type", value: "application/x-www-form-urlencoded" });
}

function formTemplate({ wire, shape, encoding }: Field, name: string): string {
  const source = `.args.${name}`;
  const key = encodeURIComponent(wire);
  const pair = (left: string, right: string) => `{{if $s}}&{{end}}${left}={{urlquery ${right}}}{{$s = true}}`;
  const style = textOf(encoding["style"]) ?? "form";
  const isExploded = encoding["explode"] ?? style === "form";
  if (shape === "scalar") return `{{if hasKey .args "${name}"}}${pair(key, source)}{{end}}`;
  if (shape === "list") {
    if (isExploded === true) return `{{range ${source}}}${pair(key, ".")}{{end}}`;
    return `{{if ${source}}}${pair(key, `(join "," ${source})`)}{{end}}`;
  }
  if (style === "deepObject") return `{{range $k, $v := ${source}}}${pair(`${key}%5B{{urlquery $k}}%5D`, "$v")}{{end}}`;
  // What the document says nothing of is JSON.
  if (encoding["style"] === undefined) return `{{if hasKey .args "${name}"}}${pair(key, source)}{{end}}`;
  return `{{range $k, $v := ${source}}}${pair("{{urlquery $k}}", "$v")}{{end}}`;
}

/**
 * What separates the parts is made of all arguments: none of them can hold it, and the header and the body come to the
 * same.
 */
const boundary = "weir-{{sha256sum (toRawJson .args)}}";
/** The same, known inside a body as a variable. */
const separator = "weir-{{$b}}";

/** Parts of a form, files among them. */
export function addMultipart(form: FormBody, draft: RequestDraft, findings: Findings): void {
  const parts = fieldsOf(form, findings).map((field) => {
    if (mapping(field.encoding["headers"])) {
      findings.lost(
        [...form.media.place, "encoding", field.wire, "headers"],
        "A part's own headers are left out",
        "Add them to body",
      );
    }
    return partTemplate(field, draft);
  });
  draft.body = `{{$b := sha256sum (toRawJson .args)}}${parts.join("")}--${separator}--\r\n`;
  draft.headers.push({ key: "Content-Type", value: `multipart/form-data; boundary=${boundary}` });
}

function isFile({ contentMediaType, type, format }: Json): boolean {
  return format === "binary" || (contentMediaType !== undefined && type === undefined);
}

function partTemplate(field: Field, draft: RequestDraft): string {
  const { wire, schema, shape, isRequired, encoding } = field;
  const name = draft.names.claim(wire, "body", true);
  const items = mapping(schema["items"]) ?? {};
  const given = textOf(encoding["contentType"])?.split(",")[0]?.trim();
  if (isFile(schema)) return filePart(field, name, given, draft);
  const isList = shape === "list";
  const value = isList ? "." : `.args.${name}`;
  const isFiles = isList && isFile(items);
  draft.args.push({ name, schema: isFiles ? { ...schema, items: fileSchema(items) } : schema, isRequired });
  const isJson = isList ? shapeOf(items) !== "scalar" : shape === "object";
  const type = given ?? (isFiles ? "application/octet-stream" : isJson ? "application/json" : undefined);
  const content = isFiles ? `{{b64dec ${value}}}` : `{{${value}}}`;
  const part = partText({ wire, type, fileName: isFiles ? "file" : undefined, content });
  return isList ? `{{range .args.${name}}}${part}{{end}}` : `{{if hasKey .args "${name}"}}${part}{{end}}`;
}

/** With a name, since servers tell a file by it. */
function filePart(
  { wire, schema, isRequired }: Field,
  name: string,
  given: string | undefined,
  draft: RequestDraft,
): string {
  const nameArgument = draft.names.claim(`${name}_filename`, "body", true);
  draft.args.push({ name, schema: fileSchema(schema), isRequired });
  const description = `The name of the file in ${name}`;
  draft.args.push({
    name: nameArgument,
    schema: { type: "string", description, pattern: '^[^"\\r\\n]+$' },
    isRequired: false,
  });
  const type = given ?? "application/octet-stream";
  const fileName = `{{default "file" .args.${nameArgument}}}`;
  return `{{if hasKey .args "${name}"}}${partText({ wire, type, fileName, content: `{{b64dec .args.${name}}}` })}{{end}}`;
}

function fileSchema({ description, title }: Json): Json {
  const words = textOf(description) ?? textOf(title);
  return {
    type: "string",
    contentEncoding: "base64",
    description: `${words === undefined ? "A file" : words}, in base64`,
  };
}

interface PartOfForm {
  wire: string;
  type: string | undefined;
  fileName: string | undefined;
  content: string;
}

function partText({ wire, type, fileName, content }: PartOfForm): string {
  const name = wire.replaceAll('"', "%22");
  const file = fileName === undefined ? "" : `; filename="${fileName}"`;
  const typeLine = type === undefined ? "" : `Content-Type: ${type}\r\n`;
  return `--${separator}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n${typeLine}\r\n${content}\r\n`;
}
