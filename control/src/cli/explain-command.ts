// `weir explain`: what would become of a request, without sending it.
import { readFile } from "node:fs/promises";
import { Command, InvalidArgumentError } from "commander";
import { loadConfig } from "../config/load-config.ts";
import { formatProblems, type Problem } from "../config/problem.ts";
import { callersOf } from "../explain/caller.ts";
import { explain } from "../explain/explain.ts";
import type { Explanation } from "../explain/explanation.ts";
import { formatExplanation } from "../explain/format-explanation.ts";
import { fetchStatus } from "./fetch-status.ts";
import { configFileDefault } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { exitCodes, UserError } from "./user-error.ts";

interface Options {
  model?: string;
  path: string;
  method: string;
  host?: string;
  header: Record<string, string>;
  as?: string;
  body?: string;
  control?: string;
  json?: boolean;
}

export function explainCommand(terminal: Terminal): Command {
  return new Command("explain")
    .description("show a request's way through routes and targets without sending it; exit 1 when it would be refused")
    .argument("[file]", "the configuration", configFileDefault)
    .option("-m, --model <name>", "the model that the request names")
    .option("-p, --path <path>", "the path that the client asks for", "/v1/chat/completions")
    .option("-X, --method <method>", "the request's method", "POST")
    .option("--host <host>", "the Host header")
    .option("-H, --header <header>", 'a header, "name: value"; may be given again', readHeader, {})
    .option("--body <file>", "a file with the request's body in JSON: for its model, and for what depends on a body")
    .option("--as <consumer/key>", "whose key the request has")
    .option("--control <url>", "a running Weir to ask how the targets are now", process.env["WEIR_CONTROL"])
    .option("--json", "as JSON, for scripts")
    .action(async (file: string, options: Options) => {
      const explanation = await explainFile(file, options, terminal);
      const color = terminal.hasColor("stdout");
      const text = options.json ? JSON.stringify(explanation, null, 2) : formatExplanation(explanation, { color });
      terminal.print(text.trimEnd());
      if ((explanation.answer?.status ?? 0) >= 400) process.exitCode = exitCodes.failed;
    });
}

async function explainFile(file: string, options: Options, terminal: Terminal): Promise<Explanation> {
  const { model, problems } = await loadConfig(file, { env: process.env });
  showErrors(problems, terminal);
  if (!model) throw new UserError(`There is nothing to explain: ${file} has nothing that can be served`);
  const { path, method, host, header, model: name, as: caller, control } = options;
  if (caller !== undefined) requireCaller(caller, callersOf(model));
  const body = options.body === undefined ? {} : { body: await readBody(options.body) };
  const now = control === undefined ? {} : { now: (await fetchStatus(control)).targets ?? [] };
  const more = { ...body, ...now, ...(host && { host }), ...(name && { model: name }), ...(caller && { caller }) };
  return explain(model, { path, method, headers: header, ...more });
}

async function readBody(file: string): Promise<Record<string, unknown>> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new UserError(`The body ${file} cannot be read`, { cause });
  });
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  } catch {
    // What it says of the place would repeat a part of the body.
  }
  throw new UserError(`The body ${file} is no JSON object`);
}

function requireCaller(caller: string, known: string[]): void {
  if (known.includes(caller)) return;
  const shown = known.slice(0, 20).join(", ") || "(there is none)";
  throw new UserError(`There is no key ${caller}. Use one of: ${shown}`);
}

/** What is left out of the model changes the way that a request takes. */
function showErrors(problems: Problem[], terminal: Terminal): void {
  const errors = problems.filter(({ severity }) => severity === "error");
  const text = formatProblems(errors, { color: terminal.hasColor("stderr") });
  if (text !== "") terminal.note(text.trimEnd());
}

function readHeader(text: string, others: Record<string, string>): Record<string, string> {
  const match = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(text);
  if (!match) throw new InvalidArgumentError('It looks like "x-team: search".');
  return { ...others, [match[1] ?? ""]: match[2] ?? "" };
}
