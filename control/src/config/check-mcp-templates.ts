// Says what is wrong with the templates of a server of mode `rest`, and with the arguments that they and its URLs name,
// before anybody calls it.
import { didYouMean } from "./did-you-mean.ts";
import type { Path } from "./path.ts";
import type { Report } from "./report.ts";
import type { McpServerConfig } from "./schema/mcp-server.ts";
import { readTemplate } from "./template/read-template.ts";
import { toolArguments } from "./tool-definition.ts";
import { uriVariables } from "./uri-template.ts";

/** A text that is a template. */
interface Place {
  text: string;
  path: Path;
  /** What `.args` has in it; null where it is the API's answer, which may have anything. */
  args: string[] | null;
}

type Named = { args: string[]; inputs: string[] };

export function checkTemplates(config: McpServerConfig, path: Path, report: Report): void {
  config.tools?.forEach((tool, index) => {
    const place = [...path, "tools", index];
    const named = { args: toolArguments(tool).map(({ name }) => name), inputs: inputsOf(tool.inputRequests) };
    if (tool.askForMissing) named.inputs.push("arguments");
    checkAll(placesOf(tool, named.args, place), named, report);
    checkPathArguments(tool, place, report);
  });
  config.resources?.forEach((resource, index) => {
    const place = [...path, "resources", index];
    const named = { args: uriVariables(resource.uriTemplate ?? ""), inputs: inputsOf(resource.inputRequests) };
    const own =
      resource.text === undefined ? [] : [{ text: resource.text, path: [...place, "text"], args: named.args }];
    checkAll([...own, ...placesOf(resource, named.args, place)], named, report);
  });
  config.prompts?.forEach((prompt, index) => {
    const place = [...path, "prompts", index];
    const named = { args: prompt.arguments.map(({ name }) => name), inputs: inputsOf(prompt.inputRequests) };
    checkAll(
      textsIn({ messages: prompt.messages, inputRequests: prompt.inputRequests }, place, named.args),
      named,
      report,
    );
  });
}

function inputsOf(requests: { name: string }[]): string[] {
  return requests.map(({ name }) => name);
}

type ToolConfig = NonNullable<McpServerConfig["tools"]>[number];
type TemplateField = "requestTemplate" | "errorResponseTemplate" | "logs" | "inputRequests";
type Made = { [field in TemplateField]?: ToolConfig[field] | undefined } & {
  responseTemplate?: { body?: string | undefined; content?: unknown } | undefined;
};

/** Those of a tool, or of how a resource is made. */
function placesOf(made: Made, args: string[], path: Path): Place[] {
  const { requestTemplate, responseTemplate, errorResponseTemplate, logs, inputRequests } = made;
  const { url, body, headers = [] } = requestTemplate ?? {};
  // What answers by itself has nothing but its arguments.
  const answer = url === undefined ? args : null;
  const place = (text: string | undefined, known: string[] | null, ...steps: Path): Place[] =>
    text === undefined ? [] : [{ text, path: [...path, ...steps], args: known }];
  return [
    ...place(url, args, "requestTemplate", "url"),
    ...place(body, args, "requestTemplate", "body"),
    ...headers.flatMap(({ value }, index) => place(value, args, "requestTemplate", "headers", index, "value")),
    ...place(responseTemplate?.body, answer, "responseTemplate", "body"),
    ...textsIn(responseTemplate?.content ?? [], [...path, "responseTemplate", "content"], answer),
    ...place(errorResponseTemplate, null, "errorResponseTemplate"),
    ...(logs ?? []).flatMap(({ data }, index) => place(data, answer, "logs", index, "data")),
    ...textsIn(inputRequests ?? [], [...path, "inputRequests"], args),
  ];
}

/** All texts in a value that are templates. */
function textsIn(value: unknown, path: Path, args: string[] | null): Place[] {
  if (typeof value === "string") return value.includes("{{") ? [{ text: value, path, args }] : [];
  if (typeof value !== "object" || value === null) return [];
  const isList = Array.isArray(value);
  return Object.entries(value).flatMap(([key, item]) => textsIn(item, [...path, isList ? Number(key) : key], args));
}

function checkAll(places: Place[], named: Named, report: Report): void {
  for (const { text, path, args } of places) {
    const { mistake, references } = readTemplate(text);
    if (mistake) report.error(path, { message: `The template cannot be read: ${mistake.message}`, fix: mistake.fix });
    for (const [root = "", name] of references) {
      if (root === "args" && args) reportUnknown(name, args, "argument", { path, report });
      else if (root === "_args" && !args) reportUnknown(name, named.args, "argument", { path, report });
      else if (root === "input" && args) reportUnknown(name, named.inputs, "input request", { path, report });
    }
  }
}

/** It would always come out empty. */
function reportUnknown(
  name: string | undefined,
  known: string[],
  what: string,
  at: { path: Path; report: Report },
): void {
  if (name === undefined || known.includes(name)) return;
  const meant = didYouMean(name, known);
  const fix = meant ? `Did you mean "${meant}"?` : `Use one of: ${known.join(", ") || "(there is none)"}`;
  at.report.warning(at.path, { message: `The template asks for ${name}, and there is no ${what} of this name`, fix });
}

/** What the URL has in braces has to be an argument for the path, and the other way round. */
function checkPathArguments(tool: ToolConfig, path: Path, report: Report): void {
  const { url } = tool.requestTemplate;
  if (url === undefined) return;
  const inPath = tool.args.filter(({ position }) => position === "path").map(({ name }) => name);
  const plain = url.replace(/\{\{[^]*?\}\}/g, "").split("?")[0]!;
  const asked = [...plain.matchAll(/\{([^{}]+)\}/g)].map(([, name = ""]) => name);
  for (const name of asked.filter((each) => !inPath.includes(each))) {
    const meant = didYouMean(name, inPath);
    const fix = meant ? `Did you mean "${meant}"?` : `Add an argument ${name} with position: path`;
    const message = `The URL has {${name}}, and there is no such argument with position path`;
    report.warning([...path, "requestTemplate", "url"], { message, fix });
  }
  tool.args.forEach(({ name, position }, index) => {
    if (position !== "path" || asked.includes(name)) return;
    const message = `The URL has no {${name}}, so that the argument goes nowhere`;
    report.warning([...path, "args", index, "position"], { message, fix: `Write {${name}} where it belongs` });
  });
}
