// Prompts and resources of a server of mode `rest` → what the plugin is told of them: what lists show, and how they are
// made.
import type { SecretJson } from "../model/mcp.ts";
import { withSecrets } from "./mcp-secrets.ts";
import type { Path } from "./path.ts";
import type { McpContext } from "./resolve-mcp-server.ts";
import type { PromptConfig } from "./schema/mcp-content.ts";
import type { ResourceConfig } from "./schema/mcp-resource.ts";
import type { ArgConfig } from "./schema/mcp-tool.ts";
import { schemaOf, toolArguments } from "./tool-definition.ts";
import { uriVariables } from "./uri-template.ts";

type Row = { [key: string]: SecretJson };

/** Reports names that are taken. */
export function checkNames(names: string[], field: string, { report, path }: McpContext, key = "name"): void {
  names.forEach((name, index) => {
    if (names.indexOf(name) === index) return;
    const finding = { message: `The ${key} is already taken`, fix: "Give each one of its own" };
    report.error([...path, field, index, key], finding);
  });
}

export function checkPrompt({ messages }: PromptConfig, path: Path, { report }: McpContext): void {
  messages.forEach(({ text, content }, index) => {
    if ((text === undefined) !== (content === undefined)) return;
    const message = text === undefined ? "The message says nothing" : "text and content are both given";
    report.error([...path, "messages", index], { message, fix: "Write text or content" });
  });
}

export function resolvePrompt(prompt: PromptConfig, path: Path, { references }: McpContext): Row {
  const { name, title, description, icons, inputRequests } = prompt;
  const named = prompt.arguments.map(({ name: argument, title: called, description: told, required }) => ({
    name: argument,
    ...(called !== undefined && { title: called }),
    ...(told !== undefined && { description: told }),
    ...(required && { required }),
  }));
  const args = prompt.arguments.map((argument) => ({ ...argument, type: "string", explode: false }) as ArgConfig);
  const messages = prompt.messages.map(({ role, text, content }, index) => {
    const value = content ?? { type: "text", text };
    const place = content ? ["content"] : [];
    const secret = withSecrets(value, [...path, "messages", index, ...place], references);
    return { role, content: secret };
  });
  return {
    definition: {
      name,
      ...(title !== undefined && { title }),
      ...(description !== undefined && { description }),
      ...(icons && { icons: icons as unknown as SecretJson }),
      ...(named.length > 0 && { arguments: named }),
    },
    inputSchema: schemaOf(args) as Row,
    args: toolArguments({ args }) as unknown as SecretJson,
    messages,
    ...inputsOf(inputRequests, path, references),
  };
}

export function checkResource(resource: ResourceConfig, path: Path, { report }: McpContext): void {
  const { uri, uriTemplate, text, blob, requestTemplate, responseTemplate, args } = resource;
  if ((uri === undefined) === (uriTemplate === undefined)) {
    const message = uri === undefined ? "It has neither uri nor uriTemplate" : "uri and uriTemplate are both given";
    report.error(path, { message, fix: "Write one of them" });
  }
  const sources = [text, blob, requestTemplate?.url].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    const message = sources.length === 0 ? "There is nothing to read" : "There are several things to read";
    report.error(path, { message, fix: "Write one of text, blob and requestTemplate with a url" });
  }
  if (responseTemplate && !requestTemplate) {
    const finding = { message: "There is no answer to make anything of", fix: "Write text instead" };
    report.error([...path, "responseTemplate"], finding);
  }
  const variables = uriTemplate === undefined ? [] : uriVariables(uriTemplate);
  args.forEach(({ name }, index) => {
    if (variables.includes(name)) return;
    const fix = `Use one of: ${variables.join(", ") || "(there is none)"}`;
    report.error([...path, "args", index, "name"], { message: "uriTemplate has no such variable", fix });
  });
}

/** `url` is the whole URL of its request. */
export function resolveResource(
  resource: ResourceConfig,
  url: string | undefined,
  path: Path,
  context: McpContext,
): Row {
  const { uri, uriTemplate, name, title, description, mimeType, size, annotations, icons } = resource;
  const { text, blob, requestTemplate, responseTemplate, security, inputRequests } = resource;
  const secret = (value: unknown, ...steps: string[]) => withSecrets(value, [...path, ...steps], context.references);
  const args = resourceArguments(resource, url);
  const described = { uri, uriTemplate, name, title, description, mimeType, size, annotations, icons };
  return {
    definition: withSecrets(described, path, new Map()),
    inputSchema: schemaOf(args) as Row,
    args: toolArguments({ args }) as unknown as SecretJson,
    ...(security && { security: secret(security, "security") }),
    ...(requestTemplate && { requestTemplate: secret({ ...requestTemplate, url }, "requestTemplate") }),
    ...(responseTemplate && { responseTemplate: secret(responseTemplate, "responseTemplate") }),
    ...(text !== undefined && { responseTemplate: { body: secret(text, "text") } }),
    ...(blob !== undefined && { blob }),
    ...inputsOf(inputRequests, path, context.references),
  };
}

/** All variables of a template; those of its parameters may be missing. */
function resourceArguments({ uriTemplate = "", args }: ResourceConfig, url = ""): ArgConfig[] {
  const parameters = /\{\?([^}]*)\}/.exec(uriTemplate)?.[1]?.split(",") ?? [];
  return uriVariables(uriTemplate).map((name) => {
    const given = args.find((arg) => arg.name === name);
    const position = given?.position ?? (url.includes(`{${name}}`) ? "path" : undefined);
    const required = given?.required || !parameters.includes(name);
    return { type: "string", explode: false, ...given, name, required, ...(position && { position }) };
  });
}

/** What is asked of a client, if anything is. */
export function inputsOf(
  requests: PromptConfig["inputRequests"],
  path: Path,
  references: McpContext["references"],
): Row {
  if (requests.length === 0) return {};
  const inputRequests = requests.map(({ name, method, params, optional, round }, index) => ({
    name,
    method,
    params: withSecrets(params, [...path, "inputRequests", index, "params"], references),
    ...(optional && { optional }),
    ...(round > 1 && { round }),
  }));
  return { inputRequests };
}

/** Reports what the protocol would not take. */
export function checkInputs(requests: PromptConfig["inputRequests"], path: Path, { report }: McpContext): void {
  const needed = {
    "elicitation/create": ["message", "requestedSchema"],
    "sampling/createMessage": ["messages", "maxTokens"],
    "roots/list": [],
  };
  requests.forEach(({ name, method, params }, index) => {
    const place = [...path, "inputRequests", index];
    if (requests.findIndex((other) => other.name === name) < index) {
      report.error([...place, "name"], { message: "The name is already taken", fix: "Give each one of its own" });
    }
    const missing = needed[method].find((field) => params[field] === undefined);
    if (missing)
      report.error([...place, "params"], { message: `${missing} is missing`, fix: `Add it: ${method} needs it` });
  });
}
