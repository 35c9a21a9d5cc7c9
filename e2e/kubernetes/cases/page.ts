// Pages of docs/ whose examples are tried: what each block is, in order. Objects of a cluster are applied, a
// configuration is served, a file is written, and in a console's block commands are run and their output is compared.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";

export interface Command {
  command: string;
  /** What the output must contain, in this order. */
  expected: string[];
}

export type Block =
  | { kind: "objects"; text: string }
  | { kind: "settings"; text: string }
  | { kind: "configuration"; text: string }
  | { kind: "file"; name: string; text: string }
  | { kind: "console"; commands: Command[] };

export interface Step {
  /** The heading that the block stands under, and its number below it. */
  name: string;
  block: Block;
}

const docs = join(import.meta.dirname, "..", "..", "..", "docs");

export function readPage(name: string): Step[] {
  const steps: Step[] = [];
  let heading = "";
  let count = 0;
  const parts = readFileSync(join(docs, name), "utf8").matchAll(/^#+ (.+)$|^```(yaml|console)\n([\s\S]*?)^```$/gm);
  for (const [, title, language, text = ""] of parts) {
    if (title !== undefined) [heading, count] = [title, 0];
    else
      steps.push({ name: `${heading}, ${++count}`, block: language === "yaml" ? yamlBlock(text) : consoleBlock(text) });
  }
  return steps;
}

function yamlBlock(text: string): Block {
  const file = /^# (\S+\.yaml)\n/.exec(text)?.[1];
  if (file) return { kind: "file", name: file, text };
  const objects = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
  if (objects.every((object) => "apiVersion" in object)) return { kind: "objects", text };
  return { kind: "providers" in objects[0]! ? "configuration" : "settings", text };
}

function consoleBlock(text: string): Block {
  const commands: Command[] = [];
  for (const line of text.split("\n").filter((line) => line !== "")) {
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2), expected: [] });
    else commands.at(-1)!.expected.push(line);
  }
  return { kind: "console", commands };
}

/** Whether each of the lines is part of the output, one behind the other. */
export function contains(output: string, expected: string[]): boolean {
  let at = 0;
  for (const line of expected) {
    const found = output.toLowerCase().indexOf(line.toLowerCase(), at);
    if (found < 0) return false;
    at = found + line.length;
  }
  return true;
}
