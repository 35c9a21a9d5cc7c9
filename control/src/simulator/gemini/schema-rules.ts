// What Gemini refuses about declared functions and about its own kind of schema.
import { isGiven, type Json } from "../answer.ts";

export function declarationFlaw(json: Json): string | null {
  const declared: string[] = [];
  for (const [index, tool] of ((json["tools"] ?? []) as Json[]).entries()) {
    for (const [at, declaration] of ((tool["functionDeclarations"] ?? []) as Json[]).entries()) {
      const place = `tools[${index}].function_declarations[${at}]`;
      const flaw = functionFlaw(declaration, place);
      if (flaw !== null) return flaw;
      const name = String(declaration["name"]);
      if (declared.includes(name)) return `Duplicate function declaration found: ${name}`;
      declared.push(name);
    }
  }
  const { mode, allowedFunctionNames } = ((json["toolConfig"] as Json | undefined)?.["functionCallingConfig"] ??
    {}) as Json;
  const allowed = (allowedFunctionNames ?? []) as string[];
  if (allowed.length > 0 && mode !== "ANY" && mode !== "VALIDATED") {
    return "Function calling config is set without function calling mode ANY: allowed_function_names must be unset.";
  }
  const unknown = allowed.find((name) => !declared.includes(name));
  return unknown === undefined ? null : `allowed_function_names: ${unknown} is not a declared function`;
}

function functionFlaw({ name, parameters, parametersJsonSchema }: Json, place: string): string | null {
  if (!/^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/.test(String(name ?? ""))) {
    return (
      `* GenerateContentRequest.${place}.name: Invalid function name. Must start with a letter or an underscore. ` +
      "Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum " +
      "length of 64.\n"
    );
  }
  if (isGiven(parameters) && isGiven(parametersJsonSchema)) {
    return `${place}.parameters: only one of parameters and parameters_json_schema can be set`;
  }
  return isGiven(parameters) ? schemaFlaw(parameters, `${place}.parameters`) : null;
}

const depthMax = 32;

export function schemaFlaw(schema: unknown, place: string, depth = 0): string | null {
  const { type, items, properties, required, enum: choices, anyOf } = schema as Json;
  const at = `* GenerateContentRequest.${place}`;
  if (depth > depthMax) return `${at}: nesting too deep\n`;
  if (type === "ARRAY" && !isGiven(items)) return `${at}.items: missing field.\n`;
  const names = Object.keys(properties ?? {});
  if (type === "OBJECT" && names.length === 0) return `${at}.properties: should be non-empty for OBJECT type\n`;
  if (isGiven(choices) && type !== "STRING" && type !== undefined) return `${at}.enum: only allowed for STRING type\n`;
  const missing = ((required ?? []) as string[]).findIndex((name) => !names.includes(name));
  if (missing >= 0) return `${at}.required[${missing}]: property is not defined\n`;
  const nested: [string, unknown][] = [
    ...Object.entries(properties ?? {}).map(([name, value]): [string, unknown] => [`properties[${name}]`, value]),
    ...((anyOf ?? []) as unknown[]).map((value, index): [string, unknown] => [`any_of[${index}]`, value]),
    ...(isGiven(items) ? [["items", items] as [string, unknown]] : []),
  ];
  return nested.reduce<string | null>((flaw, [name, value]) => {
    return flaw ?? schemaFlaw(value, `${place}.${name}`, depth + 1);
  }, null);
}
