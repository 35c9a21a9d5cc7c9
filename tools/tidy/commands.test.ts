// Every `weir` and `npm` command that a document shows exists, with the options it shows.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../build-plugins.ts";
import { readText, repositoryFiles } from "./repository.ts";

/** The lines of the `sh` snippets of all documents. */
const lines = repositoryFiles(/\.md$/)
  .filter((file) => !file.startsWith("docs/reference/"))
  .flatMap((file) => [...readText(file).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, body = ""]) => body))
  .flatMap((body) => body.split(/\n|&&|\|/))
  .map((line) => line.trim());

const weirCommands = lines.flatMap((line) => /^(?:npx )?weir (.+)/.exec(line)?.[1] ?? []);
const npmScripts = lines.flatMap((line) => /^npm (?:run )?(start|test|check|[a-z]+$)/.exec(line)?.[1] ?? []);

const main = join(repositoryRoot, "control", "src", "cli", "main.ts");
const helps = new Map<string, string>();

function help(subcommand: string): string {
  const known = helps.get(subcommand);
  if (known !== undefined) return known;
  const shown = execFileSync(process.execPath, [main, ...subcommand.split(" "), "--help"], { encoding: "utf8" });
  helps.set(subcommand, shown);
  return shown;
}

test.each([...new Set(weirCommands)])("weir %s", (command) => {
  // A word that is no file names a command of the command, as in `weir mcp import openapi`.
  const [words = ""] = /^[a-z]+( [a-z]+(?= |$)){0,2}/.exec(command) ?? [];
  const prefixes = words.split(" ").map((_, index, all) => all.slice(0, all.length - index).join(" "));
  // Of one word too many the help is that of the command before it.
  const subcommand = prefixes.find((each) => help(each).startsWith(`Usage: weir ${each} `)) ?? words;
  const rest = command.slice(subcommand.length).trim().split(/\s+/);
  const shown = help(subcommand);
  expect(shown).toMatch(new RegExp(`^Usage: weir ${subcommand} `));
  for (const option of rest.filter((word) => word.startsWith("-"))) expect(shown).toContain(option);
});

test("every npm script that is shown is there", () => {
  const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };
  const npmOwn = ["ci", "install"];
  const missing = npmScripts.filter((name) => !(name in scripts) && !npmOwn.includes(name));
  expect(missing).toEqual([]);
  expect(weirCommands.length).toBeGreaterThan(0);
});
