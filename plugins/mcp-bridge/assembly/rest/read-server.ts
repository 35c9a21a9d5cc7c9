// Reads a server of mode `rest`. What is wrong with it is kept, so that it alone does not serve.
import { JsonFields, JsonKind, Slice } from "@weir/sdk/assembly";
import { ServerSettings } from "../protocol/server";
import { RestPrompt } from "./prompt";
import { readJsonTemplate, readSource, readTool } from "./read-tool";
import { RestResource } from "./resource";
import { RestServer, Upstream } from "./rest-server";
import { SchemeKind, SecurityScheme, SecurityUse } from "./security";
import { UriTemplate } from "./uri-template";

const EMPTY_OBJECT = Slice.of("{}");
const BASIC = Slice.of("basic");
const BEARER = Slice.of("bearer");
const HTTP = Slice.of("http");
const API_KEY = Slice.of("apiKey");
const HEADER = Slice.of("header");
const QUERY = Slice.of("query");

/** Reads the server at `node`, whose settings are read already. */
export function readRestServer(fields: JsonFields, node: i32, path: string, settings: ServerSettings): RestServer {
  const tape = fields.tape;
  const server = new RestServer(fields.text(node, "name", path + ".name"), settings, tape);
  const config = fields.object(node, "config", path + ".config");
  server.rawConfig = config < 0 ? EMPTY_OBJECT : tape.raw(config);
  server.passesAuthorization = fields.flag(node, "passthroughAuthHeader", path + ".passthroughAuthHeader");
  readUpstreams(fields, node, path, server);
  const reader = new ToolReader(fields, path, readSchemes(fields, node, path));
  reader.isCompatible = fields.text(node, "templates", path + ".templates").equals(Slice.of("higress"));
  reader.clientSecurity = reader.readUse(node, "defaultDownstreamSecurity", path);
  reader.upstreamSecurity = reader.readUse(node, "defaultUpstreamSecurity", path);
  readTools(reader, node, path, server);
  readPrompts(reader, node, path, server);
  readResources(reader, node, path, server);
  return server;
}

function readTools(reader: ToolReader, node: i32, path: string, server: RestServer): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const tools = fields.array(node, "tools", path + ".tools");
  let index = 0;
  for (let each = tape.first(tools); each >= 0; each = tape.next(each), ++index) {
    const toolPath = path + ".tools[" + index.toString() + "]";
    if (fields.objectOf(each, toolPath) < 0) continue;
    const definition = fields.object(each, "definition", toolPath + ".definition");
    const tool = readTool(reader, each, definition, toolPath);
    server.tools.push(tool);
    server.toolList.add(tool.name, tape.raw(definition));
    if (tool.logs.length) server.hasLogs = true;
  }
}

function readPrompts(reader: ToolReader, node: i32, path: string, server: RestServer): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const prompts = fields.array(node, "prompts", path + ".prompts");
  for (let each = tape.first(prompts); each >= 0; each = tape.next(each)) {
    const promptPath = path + ".prompts[" + server.prompts.length.toString() + "]";
    const definition = fields.object(each, "definition", promptPath + ".definition");
    const source = readSource(reader, each, definition, promptPath);
    const messages = readJsonTemplate(reader, each, "messages", promptPath);
    if (!messages) return fields.fail(promptPath + ".messages", "a list");
    const prompt = new RestPrompt(source, messages);
    prompt.description = fields.text(definition, "description", promptPath + ".definition.description");
    server.prompts.push(prompt);
    server.promptList.add(source.name, tape.raw(definition));
  }
}

function readResources(reader: ToolReader, node: i32, path: string, server: RestServer): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const resources = fields.array(node, "resources", path + ".resources");
  for (let each = tape.first(resources); each >= 0; each = tape.next(each)) {
    const resourcePath = path + ".resources[" + server.resources.length.toString() + "]";
    const definition = fields.object(each, "definition", resourcePath + ".definition");
    const template = fields.text(definition, "uriTemplate", resourcePath + ".definition.uriTemplate");
    const uri = fields.text(definition, "uri", resourcePath + ".definition.uri", template);
    const resource = new RestResource(uri, readSource(reader, each, definition, resourcePath));
    if (template.length) resource.template = new UriTemplate(template);
    resource.blob = fields.text(each, "blob", resourcePath + ".blob");
    resource.mimeType = fields.text(definition, "mimeType", resourcePath + ".definition.mimeType");
    server.resources.push(resource);
    const list = template.length ? server.templateList : server.resourceList;
    list.add(uri, tape.raw(definition));
  }
}

function readUpstreams(fields: JsonFields, node: i32, path: string, server: RestServer): void {
  const tape = fields.tape;
  const list = fields.array(node, "upstreams", path + ".upstreams");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const itemPath = path + ".upstreams[" + server.upstreams.length.toString() + "]";
    const origin = fields.requiredText(each, "origin", itemPath + ".origin");
    const cluster = fields.requiredText(each, "cluster", itemPath + ".cluster");
    server.upstreams.push(
      new Upstream(origin, cluster, fields.requiredText(each, "authority", itemPath + ".authority")),
    );
  }
}

/** The ways to show a credential that a server has. */
export function readSchemes(fields: JsonFields, node: i32, path: string): SecurityScheme[] {
  const tape = fields.tape;
  const schemes: SecurityScheme[] = [];
  const list = fields.array(node, "securitySchemes", path + ".securitySchemes");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const itemPath = path + ".securitySchemes[" + schemes.length.toString() + "]";
    const id = fields.requiredText(each, "id", itemPath + ".id");
    const kind = readKind(fields, each, itemPath);
    const isKey = kind == SchemeKind.HeaderKey || kind == SchemeKind.QueryKey;
    const name = isKey ? fields.requiredText(each, "name", itemPath + ".name") : Slice.empty();
    const credential = fields.text(each, "defaultCredential", itemPath + ".defaultCredential");
    const own = kind == SchemeKind.HeaderKey ? Slice.of(name.toText().toLowerCase()) : name;
    const scheme = new SecurityScheme(id, kind, own, credential);
    const consumersPath = itemPath + ".consumerCredentials";
    const consumers = fields.object(each, "consumerCredentials", consumersPath);
    for (let node = tape.first(consumers); node >= 0; node = tape.next(node)) {
      scheme.addConsumer(tape.keyText(node).copy(), fields.textOf(node, consumersPath));
    }
    schemes.push(scheme);
  }
  return schemes;
}

function readKind(fields: JsonFields, node: i32, path: string): SchemeKind {
  const type = fields.text(node, "type", path + ".type");
  const scheme = fields.text(node, "scheme", path + ".scheme");
  const place = fields.text(node, "in", path + ".in");
  if (type.equals(HTTP) && scheme.equalsIgnoreCase(BASIC)) return SchemeKind.Basic;
  if (type.equals(HTTP) && scheme.equalsIgnoreCase(BEARER)) return SchemeKind.Bearer;
  if (type.equals(API_KEY) && place.equals(HEADER)) return SchemeKind.HeaderKey;
  if (type.equals(API_KEY) && place.equals(QUERY)) return SchemeKind.QueryKey;
  fields.fail(path, "http with the scheme basic or bearer, or apiKey in header or query");
  return SchemeKind.Bearer;
}

/** What is known of the server while its tools are read. */
@final
export class ToolReader {
  isCompatible: bool = false;
  clientSecurity: SecurityUse | null = null;
  upstreamSecurity: SecurityUse | null = null;

  constructor(
    readonly fields: JsonFields,
    readonly path: string,
    private readonly schemes: SecurityScheme[],
  ) {}

  /** Which scheme `key` of an object names, and how it is used; null where it names none. */
  readUse(node: i32, key: string, path: string): SecurityUse | null {
    const fields = this.fields;
    const usePath = path + "." + key;
    const use = fields.object(node, key, usePath);
    if (use < 0 || fields.tape.kind(use) != JsonKind.Object) return null;
    const id = fields.requiredText(use, "id", usePath + ".id");
    const credential = fields.text(use, "credential", usePath + ".credential");
    const isPassedThrough = fields.flag(use, "passthrough", usePath + ".passthrough");
    for (let i = 0; i < this.schemes.length; ++i) {
      if (this.schemes[i].id.equals(id)) return new SecurityUse(this.schemes[i], credential, isPassedThrough);
    }
    fields.fail(usePath + ".id", "the id of one of the security schemes");
    return null;
  }
}
