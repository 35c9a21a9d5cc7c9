// Reads one tool.
import { JsonKind, Slice } from "@weir/sdk/assembly";
import { MirroredArgument } from "../protocol/mirrored-headers";
import { Template } from "../template/template";
import { ToolReader } from "./read-server";
import { Argument, Gathering, HeaderTemplate, Position, RestTool } from "./tool";

const PROPERTIES = Slice.of("properties");
const MIRROR = Slice.of("x-mcp-header");
const INPUT_SCHEMA = Slice.of("inputSchema");
const OUTPUT_SCHEMA = Slice.of("outputSchema");
const POSITIONS: StaticArray<Slice> = [
  Slice.of(""),
  Slice.of("query"),
  Slice.of("path"),
  Slice.of("header"),
  Slice.of("cookie"),
  Slice.of("body"),
];
const GATHERINGS: StaticArray<string> = ["", "argsToJsonBody", "argsToUrlParam", "argsToFormBody"];

/** Reads the tool at `node`; `definition` is what lists show of it. */
export function readTool(reader: ToolReader, node: i32, definition: i32, path: string): RestTool {
  const fields = reader.fields;
  const tape = fields.tape;
  const tool = new RestTool(fields.requiredText(definition, "name", path + ".definition.name"));
  tool.inputSchema = tape.find(definition, INPUT_SCHEMA);
  tool.outputSchema = tape.find(definition, OUTPUT_SCHEMA);
  readMirrored(reader, tool);
  readArguments(reader, node, tool, path);
  const own = reader.readUse(node, "security", path);
  tool.clientSecurity = own ? own : reader.clientSecurity;
  readRequest(reader, node, tool, path);
  readResponse(reader, node, tool, path);
  return tool;
}

/** A text of a template, if there is one. */
function readTemplate(reader: ToolReader, node: i32, key: string, path: string): Template | null {
  const text = reader.fields.text(node, key, path + "." + key);
  if (!text.length) return null;
  const template =
    key == "url" ? Template.parseUrl(text, reader.isCompatible) : Template.parse(text, reader.isCompatible);
  if (template.mistake.length) reader.fields.fail(path + "." + key, "a template (" + template.mistake + ")");
  return template;
}

/** The arguments that a header repeats. */
function readMirrored(reader: ToolReader, tool: RestTool): void {
  const tape = reader.fields.tape;
  const properties = tape.find(tool.inputSchema, PROPERTIES);
  for (let each = tape.first(properties); each >= 0; each = tape.next(each)) {
    const name = tape.text(tape.find(each, MIRROR));
    if (!name.length) continue;
    const header = "mcp-param-" + name.toText().toLowerCase();
    tool.mirrored.push(new MirroredArgument(Slice.of(header), tape.keyText(each)));
  }
}

function readArguments(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const list = fields.array(node, "args", path + ".args");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const argPath = path + ".args[" + tool.args.length.toString() + "]";
    const name = fields.requiredText(each, "name", argPath + ".name");
    const position = positionOf(fields.text(each, "position", argPath + ".position"));
    const type = fields.text(each, "type", argPath + ".type");
    const argument = new Argument(name, type, position, tape.raw(tape.find(each, Slice.of("default"))));
    argument.isExploded = fields.flag(each, "explode", argPath + ".explode");
    tool.args.push(argument);
  }
}

/** One that is not known is none, as in Higress. */
function positionOf(text: Slice): Position {
  for (let i = 1; i < POSITIONS.length; ++i) if (POSITIONS[i].equals(text)) return <Position>i;
  return Position.Default;
}

function readRequest(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const requestPath = path + ".requestTemplate";
  const request = fields.object(node, "requestTemplate", requestPath);
  tool.url = readTemplate(reader, request, "url", requestPath);
  tool.method = fields.text(request, "method", requestPath + ".method", Slice.of("GET"));
  tool.body = readTemplate(reader, request, "body", requestPath);
  for (let i = 1; i < GATHERINGS.length; ++i) {
    if (!fields.flag(request, GATHERINGS[i], requestPath + "." + GATHERINGS[i])) continue;
    if (tool.gathering != Gathering.None) fields.fail(requestPath, "without more than one argsTo…");
    tool.gathering = <Gathering>i;
  }
  readHeaders(reader, request, tool, requestPath);
  const own = reader.readUse(request, "security", requestPath);
  tool.upstreamSecurity = own ? own : reader.upstreamSecurity;
}

function readHeaders(reader: ToolReader, request: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const list = fields.array(request, "headers", path + ".headers");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const headerPath = path + ".headers[" + tool.headers.length.toString() + "]";
    const key = fields
      .requiredText(each, "key", headerPath + ".key")
      .toText()
      .toLowerCase();
    const value = readTemplate(reader, each, "value", headerPath);
    if (value) tool.headers.push(new HeaderTemplate(Slice.of(key), value));
  }
}

function readResponse(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const responsePath = path + ".responseTemplate";
  const response = fields.object(node, "responseTemplate", responsePath);
  tool.responseBody = readTemplate(reader, response, "body", responsePath);
  tool.prepend = fields.text(response, "prependBody", responsePath + ".prependBody");
  tool.append = fields.text(response, "appendBody", responsePath + ".appendBody");
  tool.errorBody = readTemplate(reader, node, "errorResponseTemplate", path);
  const isDirect = tool.url == null && fields.tape.kind(node) == JsonKind.Object;
  if (isDirect && !tool.responseBody) fields.fail(path, "a tool with a requestTemplate.url or a responseTemplate.body");
}
