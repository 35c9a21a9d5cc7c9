// Reads one tool.
import { JsonKind, Slice } from "@weir/sdk/assembly";
import { readMirrored } from "../protocol/mirrored-headers";
import { levelNamed } from "../protocol/notification";
import { Template } from "../template/template";
import { InputRequest } from "./input-request";
import { JsonTemplate } from "./json-template";
import { ToolReader } from "./read-server";
import { Argument, Gathering, HeaderTemplate, LogTemplate, Position, RestTool } from "./tool";

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
  const tool = new RestTool(fields.requiredText(definition, "name", path + ".definition.name"), true);
  tool.inputSchema = tape.find(definition, INPUT_SCHEMA);
  tool.outputSchema = tape.find(definition, OUTPUT_SCHEMA);
  tool.asksForMissing = fields.flag(node, "askForMissing", path + ".askForMissing");
  readMirrored(reader.fields.tape, tool.inputSchema, [], tool.mirrored);
  readParts(reader, node, tool, path);
  readLogs(reader, node, tool, path);
  const isDirect = tool.url == null && tape.kind(node) == JsonKind.Object;
  if (isDirect && !tool.responseBody && !tool.content) {
    fields.fail(path, "a tool with a requestTemplate.url, a responseTemplate.body or a responseTemplate.content");
  }
  return tool;
}

/** Reads how a resource or a prompt is made, whose schema, unlike a tool's, is not listed. */
export function readSource(reader: ToolReader, node: i32, definition: i32, path: string): RestTool {
  const tool = new RestTool(reader.fields.requiredText(definition, "name", path + ".definition.name"), false);
  tool.inputSchema = reader.fields.object(node, "inputSchema", path + ".inputSchema");
  readParts(reader, node, tool, path);
  return tool;
}

/** What all have. */
function readParts(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  readArguments(reader, node, tool, path);
  readInputs(reader, node, tool, path);
  const own = reader.readUse(node, "security", path);
  tool.clientSecurity = own ? own : reader.clientSecurity;
  readRequest(reader, node, tool, path);
  readResponse(reader, node, tool, path);
}

/** JSON with templates in it, if there is any. */
export function readJsonTemplate(reader: ToolReader, node: i32, key: string, path: string): JsonTemplate | null {
  const value = reader.fields.member(node, key);
  if (value < 0) return null;
  const template = JsonTemplate.read(reader.fields.tape, value, reader.isCompatible);
  if (template.problem.length) reader.fields.fail(path + "." + key, "made of templates (" + template.problem + ")");
  return template;
}

function readInputs(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const list = fields.array(node, "inputRequests", path + ".inputRequests");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const inputPath = path + ".inputRequests[" + tool.inputs.length.toString() + "]";
    const name = fields.requiredText(each, "name", inputPath + ".name");
    const method = fields.requiredText(each, "method", inputPath + ".method");
    const params = readJsonTemplate(reader, each, "params", inputPath);
    if (!params) return fields.fail(inputPath + ".params", "an object");
    const input = new InputRequest(name, method, params);
    input.readSchema(tape, tape.find(each, Slice.of("params")));
    input.isRequired = !fields.flag(each, "optional", inputPath + ".optional");
    input.round = fields.integer(each, "round", 1, 1, inputPath + ".round");
    tool.inputs.push(input);
  }
}

function readLogs(reader: ToolReader, node: i32, tool: RestTool, path: string): void {
  const fields = reader.fields;
  const tape = fields.tape;
  const list = fields.array(node, "logs", path + ".logs");
  for (let each = tape.first(list); each >= 0; each = tape.next(each)) {
    const logPath = path + ".logs[" + tool.logs.length.toString() + "]";
    const level = levelNamed(fields.text(each, "level", logPath + ".level", Slice.of("info")));
    const logger = fields.text(each, "logger", logPath + ".logger", tool.name);
    const text = readTemplate(reader, each, "data", logPath);
    if (text) tool.logs.push(new LogTemplate(max(level, 0), logger, text));
  }
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
  tool.content = readJsonTemplate(reader, response, "content", responsePath);
  tool.errorBody = readTemplate(reader, node, "errorResponseTemplate", path);
}
