// The support matrix: what each client dialect's requests keep at each provider, and what each provider's answers keep
// on the way to each client. Made from the golden translations, which tests hold to what the dialects really do.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "oxfmt";
import { repositoryRoot } from "./build-plugins.ts";
import type { Generator } from "./generated.ts";

export const dialectMatrix: Generator = { name: "dialect matrix", render };

const page = "docs/dialects.md";
const folder = join(repositoryRoot, "dialects");

interface Feature {
  title: string;
  /** Fixtures whose names it matches belong to the first feature that does. */
  pattern: RegExp;
}

const requestFeatures: Feature[] = [
  { title: "Refusals of what cannot be served", pattern: /^refused/ },
  { title: "Tool choice", pattern: /^tool-choice|^tool-config|^choice/ },
  { title: "Tools, calls and results", pattern: /^tool|^function|^call|^parallel/ },
  { title: "Images, documents, audio", pattern: /image|document|file|audio|media|video/ },
  { title: "Reasoning and its signatures", pattern: /thinking|reasoning|thought|signature/ },
  { title: "Structured output", pattern: /json|schema|output-format|structured|^text-format|response-format/ },
  {
    title: "Sampling, limits, stop sequences",
    pattern: /sampling|stop|limit|seed|logprobs|penalt|max-|generation|^n-/,
  },
  { title: "Cache marks", pattern: /cache/ },
  { title: "Service tier, safety, metadata, user", pattern: /tier|safety|metadata|user|label|store/ },
  { title: "Text, roles, system and empty messages", pattern: /^/ },
];

const answerFeatures: Feature[] = [
  { title: "Tool calls", pattern: /tool|function|call/ },
  { title: "Reasoning and its signatures", pattern: /thinking|reasoning|thought|signature/ },
  { title: "Usage", pattern: /usage|cache|token/ },
  { title: "Finish reasons", pattern: /length|max|stop|finish|refusal|filter|safety|pause|window|block|guardrail/ },
  { title: "Errors and broken streams", pattern: /error|cut|malformed|exception|damage|broken/ },
  { title: "Text and everything else", pattern: /^/ },
];

interface Golden {
  dropped?: string;
  status?: number;
}

/** Names of the fixtures of one kind. */
function fixtureNames(dialect: string, kind: string): string[] {
  const path = join(folder, dialect, "fixtures", kind);
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((file) => /^[^.]+\.(json|txt)$/.test(file))
    .map((file) => file.replace(/\.\w+$/, ""))
    .sort();
}

function dialectsWith(file: string): string[] {
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, "assembly", file)))
    .sort();
}

function featureOf(features: Feature[], name: string): string {
  return features.find(({ pattern }) => pattern.test(name))?.title ?? "";
}

/** What one dialect's fixtures keep in another: `4 ✓`, or how many of them and what the others lose. */
function cell(source: string, target: string, kind: string, names: string[]): string {
  if (source === target) return "as it is";
  const goldens = names.map((name) => goldenOf(source, target, kind, name));
  const lost = [...new Set(goldens.flatMap(({ dropped }) => (dropped ? dropped.split(",") : [])))];
  // Fixtures that are refused by their own dialect say so in their names.
  const isRefused = ({ status }: Golden, i: number) =>
    kind === "requests" && status && !names[i]?.startsWith("refused");
  const refused = goldens.filter(isRefused).length;
  const whole = goldens.filter((golden, i) => !golden.dropped && !isRefused(golden, i)).length;
  if (lost.length === 0 && refused === 0) return `${names.length} ✓`;
  const refuses = refused ? `; refuses ${refused}` : "";
  const drops = lost.length ? `; drops ${lost.map((name) => `\`${name}\``).join(", ")}` : "";
  return `${whole} of ${names.length} ✓${refuses}${drops}`;
}

function goldenOf(source: string, target: string, kind: string, name: string): Golden {
  const path = join(folder, source, "fixtures", kind, `${name}.to-${target}`);
  if (existsSync(`${path}.json`)) return JSON.parse(readFileSync(`${path}.json`, "utf8")) as Golden;
  // A stream's golden is text: its events, and behind them what was dropped.
  const dropped = /^: dropped (.*)$/m.exec(readFileSync(`${path}.txt`, "utf8"))?.[1];
  return dropped ? { dropped } : {};
}

/** One table: the features of `source` in rows, the targets in columns. */
function table(source: string, targets: string[], kind: string, features: Feature[]): string {
  const byFeature = Map.groupBy(fixtureNames(source, kind), (name) => featureOf(features, name));
  const rows = features.flatMap(({ title }) => {
    const names = byFeature.get(title);
    return names ? [`| ${title} | ${targets.map((target) => cell(source, target, kind, names)).join(" | ")} |`] : [];
  });
  const head = `| | ${targets.map((target) => `\`${target}\``).join(" | ")} |`;
  return [head, `| --- |${" --- |".repeat(targets.length)}`, ...rows].join("\n");
}

const introduction = `# Dialects: who can talk to whom

<!-- Generated by \`npm run docs\` from the golden translations in dialects/*/fixtures. -->

Any client may call any provider. Where both speak the same dialect, the request is spliced and all of it survives. Where they
do not, it goes through a [hub](../dialects/README.md), and what the provider has no place for is named in the response header
\`x-weir-dropped\`. What the answer loses is named there too; that of a stream, whose headers are gone by then, only in the
access log and a counter.

The numbers count recorded cases, each translated by a test, whole or as a stream, and each stream cut at every byte.
\`✓\` says that nothing was dropped; what is refused is answered with 400, for it cannot be left out without a word.`;

async function render(): Promise<Map<string, string>> {
  const clients = dialectsWith("client.ts");
  const providers = dialectsWith("provider.ts");
  const text = [
    introduction,
    "## Requests",
    ...clients.map(
      (client) => `### From \`${client}\` clients\n\n${table(client, providers, "requests", requestFeatures)}`,
    ),
    "## Answers, whole",
    ...providers.map(
      (provider) => `### Of \`${provider}\` providers\n\n${table(provider, clients, "responses", answerFeatures)}`,
    ),
    "## Answers, streamed",
    ...providers.map(
      (provider) =>
        `### Streams of \`${provider}\` providers\n\n${table(provider, clients, "streams", answerFeatures)}`,
    ),
    "## Errors",
    ...providers.map(
      (provider) => `### Errors of \`${provider}\` providers\n\n${table(provider, clients, "errors", answerFeatures)}`,
    ),
  ].join("\n\n");
  const { printWidth } = JSON.parse(readFileSync(join(repositoryRoot, ".oxfmtrc.json"), "utf8")) as {
    printWidth: number;
  };
  const { code, errors } = await format(page, `${text}\n`, { printWidth });
  if (errors.length > 0) throw new Error(`${page}: ${errors.map(({ message }) => message).join(", ")}`);
  return new Map([[page, code]]);
}
