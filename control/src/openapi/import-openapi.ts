// An OpenAPI document → an entry of `mcpServers`. What cannot be carried is told with its place in the document.
// https://spec.openapis.org/oas/v3.1.1
import { escapeReferences } from "../config/escape-references.ts";
import { namePattern } from "../config/schema/name.ts";
import { Mistake } from "../config/schema/scalar.ts";
import { sortProblems, type Problem } from "../config/problem.ts";
import { answerOf } from "./answer.ts";
import { addBody, bodyOf } from "./body.ts";
import type { Findings } from "./findings.ts";
import { ToolNames } from "./names.ts";
import { operationsOf, placeIn, selectOperations, type Operation, type Selection } from "./operations.ts";
import { addParameter, parametersOf } from "./parameters.ts";
import { mapping, textOf, type ApiDocument, type Json } from "./part.ts";
import { readDocument } from "./read-document.ts";
import { RequestDraft } from "./request-draft.ts";
import { SchemaWriter } from "./schema.ts";
import { Credentials } from "./security.ts";
import { baseUrlOf, type ServerChoice } from "./servers.ts";

export interface ImportOptions extends Selection, ServerChoice {
  /** The server's name; made of the document's title where there is none. */
  name: string | null;
  /** What tools' names begin with. */
  prefix: string;
  /** The id of the security scheme to take where there are several. */
  security: string | null;
  hasOutputSchemas: boolean;
}

export interface ImportedTool {
  name: string;
  /** `GET /pets/{petId}` */
  call: string;
  /** `petId*`, with a star where it is asked for. */
  args: string[];
}

export interface ImportedApi {
  /** As it belongs below `mcpServers:`; null where nothing can be imported. */
  entry: Json | null;
  tools: ImportedTool[];
  problems: Problem[];
}

/** More tools than a model can tell apart. */
const manyTools = 60;

/** Reads `text`, the content of `file`, and makes tools of its operations. */
export async function importOpenApi(text: string, file: string, options: ImportOptions): Promise<ImportedApi> {
  const { document, report, findings } = await readDocument(text, file);
  const failed = (): ImportedApi => ({ entry: null, tools: [], problems: sortProblems(report.problems()) });
  if (!document) return failed();
  const { chosen, unmet } = selectOperations(operationsOf(document, findings), options);
  for (const message of unmet) report.error([], { message, fix: "Correct the option" });
  const baseUrl = baseUrlOf(document.whole, options, document, findings);
  if (baseUrl instanceof Mistake) report.error(["servers"], { message: baseUrl.message, fix: baseUrl.fix });
  if (chosen.length === 0) report.error(["paths"], { message: "No operation is left", fix: "Ask for less by options" });
  if (baseUrl instanceof Mistake || unmet.length > 0 || chosen.length === 0) return failed();
  const importer = new Importer(document, options, findings);
  const tools = chosen.map((operation) => importer.tool(operation));
  if (tools.length > manyTools) {
    findings.chosen(
      ["paths"],
      `${tools.length} tools are more than models tell apart`,
      "Choose by --tag and --operation",
    );
  }
  const entry = importer.entry(
    baseUrl,
    tools.map(({ tool }) => tool),
  );
  return { entry, tools: tools.map(({ shown }) => shown), problems: sortProblems(report.problems()) };
}

class Importer {
  readonly #document: ApiDocument;
  readonly #options: ImportOptions;
  readonly #findings: Findings;
  readonly #name: string;
  readonly #credentials: Credentials;
  readonly #names = new ToolNames();
  readonly #config: Record<string, string> = {};

  constructor(document: ApiDocument, options: ImportOptions, findings: Findings) {
    this.#document = document;
    this.#options = options;
    this.#findings = findings;
    this.#name = options.name ?? serverName(textOf(mapping(document.root["info"])?.["title"]) ?? "");
    this.#credentials = new Credentials(document, this.#name, options.security, findings);
  }

  tool(operation: Operation): { tool: Json; shown: ImportedTool } {
    const { method, path, id } = operation;
    const name = this.#names.claim(this.#options.prefix, id, method.toLowerCase() + path);
    const { draft, inputSchema } = this.#request(operation);
    const answer = answerOf(operation.part, this.#document, this.#findings);
    if (answer.accept !== null) draft.headers.unshift({ key: "Accept", value: answer.accept });
    this.#credentials.apply(operation.part, draft);
    Object.assign(this.#config, draft.config);
    this.#reportRest(operation);
    const title = textOf(operation.part.value["summary"]);
    const { outputSchema } = answer;
    const tool = {
      name,
      ...(title !== undefined && { title }),
      description: descriptionOf(operation),
      annotations: annotationsOf(method),
      inputSchema,
      args: draft.positions,
      ...(outputSchema && this.#options.hasOutputSchemas && { outputSchema }),
      requestTemplate: this.#withOwnServer(operation, draft.template(method)),
    };
    const args = draft.args.map((arg) => (arg.isRequired ? `${arg.name}*` : arg.name));
    return { tool: escapeReferences(tool) as Json, shown: { name, call: `${method} ${path}`, args } };
  }

  #request(operation: Operation): { draft: RequestDraft; inputSchema: Json } {
    const writer = new SchemaWriter(this.#document, "request", this.#findings);
    const parameters = parametersOf(operation, this.#document, this.#findings);
    const body = bodyOf(operation.part, this.#document);
    for (const { schema } of parameters) writer.survey(schema);
    if (body) writer.survey(body.media.value["schema"]);
    const draft = new RequestDraft(operation.path);
    for (const parameter of parameters) addParameter(parameter, draft, writer, this.#findings);
    if (body) addBody(body, draft, writer, this.#findings);
    return { draft, inputSchema: writer.withDefinitions(draft.schema) };
  }

  /** A path or an operation may be at another address than the rest. */
  #withOwnServer({ part, item }: Operation, template: Json): Json {
    const holder = [part, item].find(({ value }) => Array.isArray(value["servers"]) && value["servers"].length > 0);
    if (!holder) return template;
    const choice = { server: null, variables: this.#options.variables };
    const own = baseUrlOf(holder, choice, this.#document, this.#findings);
    if (!(own instanceof Mistake)) return { ...template, url: own + String(template["url"]) };
    this.#findings.lost([...holder.place, "servers"], own.message, "The address of the others is taken");
    return template;
  }

  #reportRest(operation: Operation): void {
    if (operation.part.value["callbacks"] === undefined) return;
    const message = "Callbacks are left out: a tool is called, it does not call";
    this.#findings.lost(placeIn(operation, "callbacks"), message, "Nothing has to be done");
  }

  /** The whole server. A credential that all tools share stands above them. */
  entry(baseUrl: string, tools: Json[]): Json {
    const info = mapping(this.#document.root["info"]) ?? {};
    const ids = new Set(tools.map((tool) => JSON.stringify(mapping(tool["requestTemplate"])?.["security"])));
    const [shared] = ids.size === 1 ? tools.map((tool) => mapping(mapping(tool["requestTemplate"])?.["security"])) : [];
    const schemes = this.#credentials.schemes;
    const version = printableOf(textOf(info["version"]));
    const words = escapeReferences({ title: textOf(info["title"]), version }) as Json;
    const instructions = escapeReferences(firstParagraph(textOf(info["description"])));
    return {
      name: this.#name,
      ...(words["title"] !== undefined && { title: words["title"] }),
      ...(words["version"] !== undefined && { version: words["version"] }),
      ...(instructions !== undefined && { instructions }),
      baseUrl,
      ...(Object.keys(this.#config).length > 0 && { config: this.#config }),
      ...(schemes.length > 0 && { securitySchemes: schemes }),
      ...(shared && { defaultUpstreamSecurity: shared }),
      tools: shared ? tools.map(withoutSecurity) : tools,
    };
  }
}

function withoutSecurity(tool: Json): Json {
  const { security: _, ...requestTemplate } = mapping(tool["requestTemplate"]) ?? {};
  return { ...tool, requestTemplate };
}

const descriptionLengthMax = 2000;

function descriptionOf({ part, method, path }: Operation): string {
  const { summary, description, deprecated } = part.value;
  const said = [textOf(summary), textOf(description)].filter((text) => text !== undefined).map((text) => text.trim());
  const text = [...new Set(said)].join("\n\n") || `${method} ${path}`;
  const whole = deprecated === true ? `Deprecated. ${text}` : text;
  return whole.length > descriptionLengthMax ? `${whole.slice(0, descriptionLengthMax)}…` : whole;
}

/** What a method promises. https://www.rfc-editor.org/rfc/rfc9110#section-9.2 */
function annotationsOf(method: string): Json {
  if (method === "GET") return { readOnlyHint: true };
  if (method === "PUT" || method === "DELETE")
    return { readOnlyHint: false, destructiveHint: true, idempotentHint: true };
  return { readOnlyHint: false };
}

const instructionsLengthMax = 1000;

function firstParagraph(text: string | undefined): string | undefined {
  const [paragraph = ""] = (text ?? "").trim().split(/\n\s*\n/);
  return paragraph === "" || paragraph.length > instructionsLengthMax ? undefined : paragraph;
}

/** Without what a version in a configuration may not have. */
function printableOf(text = ""): string | undefined {
  return textOf(text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ""));
}

/** Names of servers are names of routes too. */
function serverName(title: string): string {
  const name = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-+|-+$/g, "");
  return namePattern.test(name) ? name : "api";
}
