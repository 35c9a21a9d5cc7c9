// What clients are told of a tool: the protocol's definition, with schemas as they are written.
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool
import type { ArgConfig, ToolConfig } from "./schema/mcp-tool.ts";

type Json = Record<string, unknown>;

/** Where an argument goes, for the plugin. */
export interface ToolArgument {
  name: string;
  /** Empty where the schema allows several. */
  type: string;
  position?: string;
  explode?: boolean;
  default?: unknown;
}

/** The definition that `tools/list` shows. */
export function toolDefinition(tool: ToolConfig): Json {
  const { name, title, description, annotations, icons, outputSchema } = tool;
  return {
    name,
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(icons && { icons }),
    inputSchema: tool.inputSchema ?? schemaOf(tool.args),
    ...(outputSchema && { outputSchema }),
    ...(annotations && { annotations }),
  };
}

/** The JSON Schema of arguments. */
export function schemaOf(args: ArgConfig[]): Json {
  const properties = args.map(({ name, required: _required, position: _position, explode: _explode, ...schema }) => [
    name,
    schema,
  ]);
  const required = args.filter((arg) => arg.required).map(({ name }) => name);
  return { type: "object", properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) };
}

/** The arguments that `args` name, and those that only a given schema has. */
export function toolArguments({ args, inputSchema }: Pick<ToolConfig, "args" | "inputSchema">): ToolArgument[] {
  const named = args.map(({ name, type, position, explode, default: otherwise }): ToolArgument => ({
    name,
    type: inputSchema ? typeIn(inputSchema, name) : type,
    ...(position && { position }),
    ...(explode && { explode }),
    ...(otherwise !== undefined && { default: otherwise }),
  }));
  const others = Object.keys((inputSchema?.["properties"] ?? {}) as Json).filter(
    (name) => !args.some((arg) => arg.name === name),
  );
  return [...named, ...others.map((name) => fromSchema(inputSchema!, name))];
}

function fromSchema(schema: Json, name: string): ToolArgument {
  const otherwise = property(schema, name)["default"];
  return { name, type: typeIn(schema, name), ...(otherwise !== undefined && { default: otherwise }) };
}

function typeIn(schema: Json, name: string): string {
  const { type } = property(schema, name);
  return typeof type === "string" ? type : "";
}

function property(schema: Json, name: string): Json {
  const properties = (schema["properties"] ?? {}) as Json;
  const found = properties[name];
  return typeof found === "object" && found !== null ? (found as Json) : {};
}
