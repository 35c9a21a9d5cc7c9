// Dockerfiles as far as those of deploy/images go: https://docs.docker.com/reference/dockerfile/. What is not known
// here is an error, so that nothing in them goes untried.
import { readFileSync } from "node:fs";
import { matchesGlob } from "node:path";

export interface Instruction {
  name: string;
  /** `--from=plugins` and the like. */
  options: Record<string, string>;
  text: string;
}

export interface Stage {
  base: string;
  name: string;
  instructions: Instruction[];
}

const known = new Set("COPY RUN WORKDIR USER ENV LABEL EXPOSE HEALTHCHECK ENTRYPOINT CMD".split(" "));

export function readDockerfile(file: string): Stage[] {
  const variables: Record<string, string> = {};
  const stages: Stage[] = [];
  for (const { name, options, text } of instructionsOf(readFileSync(file, "utf8"))) {
    if (name === "ARG") {
      const [variable = "", value = ""] = text.split("=");
      variables[variable] = value;
    } else if (name === "FROM") {
      const [base = "", , as = String(stages.length)] = text.split(/\s+/);
      stages.push({
        base: base.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => variables[key]!),
        name: as,
        instructions: [],
      });
    } else if (known.has(name) && stages.length > 0) {
      stages.at(-1)!.instructions.push({ name, options, text });
    } else throw new Error(`${file} has a ${name}, which the test does not know`);
  }
  return stages;
}

function instructionsOf(text: string): Instruction[] {
  const lines = text
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n");
  return lines.filter((line) => line.trim() !== "").map(instructionOf);
}

function instructionOf(line: string): Instruction {
  const [, name = "", flags = "", text = ""] = /^(\w+)\s+((?:--\S+\s+)*)(.*)$/.exec(line) ?? [];
  const pairs = [...flags.matchAll(/--([\w-]+)=(\S+)/g)].map(([, key = "", value = ""]) => [key, value]);
  return { name, options: Object.fromEntries(pairs) as Record<string, string>, text };
}

/** `["a", "b"]`, which is how programs are named here. */
export function execForm(text: string): string[] {
  return JSON.parse(text.replace(/^CMD\s+/, "")) as string[];
}

/** Which files are left out of the build: https://docs.docker.com/build/concepts/context/#dockerignore-files */
export function isIgnored(path: string, patterns: string[]): boolean {
  let isOut = false;
  for (const pattern of patterns) {
    const isIn = pattern.startsWith("!");
    const glob = isIn ? pattern.slice(1) : pattern;
    if (ancestors(path).some((part) => matchesGlob(part, glob))) isOut = !isIn;
  }
  return isOut;
}

/** A folder's pattern holds for what is in it. */
function ancestors(path: string): string[] {
  const parts = path.split("/");
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

export function readPatterns(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}
