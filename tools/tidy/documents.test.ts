// A document that points nowhere or shows a configuration that Weir refuses is worse than none.
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { parseConfig } from "../../control/src/config/load-config.ts";
import type { ObjectEntry } from "../../control/src/model/object-entry.ts";
import { objectGroup, objectVersion, type ObjectKindName } from "../../control/src/model/object-kinds.ts";
import { repositoryRoot } from "../build-plugins.ts";
import { readText, repositoryFiles } from "./repository.ts";

const documents = repositoryFiles(/\.md$/);

/** The anchors that GitHub gives to a document's headings. */
function anchors(text: string): Set<string> {
  const headings = text.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} +(.+)$/gm);
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
  return new Set([...headings].map(([, heading]) => slug(heading ?? "")));
}

function links(file: string): string[] {
  const text = readText(file)
    .replace(/^```[\s\S]*?^```/gm, "")
    .replace(/`[^`\n]*`/g, "");
  const targets = [...text.matchAll(/\]\(([^)\s]+)\)/g), ...text.matchAll(/(?:src|href)="([^"]+)"/g)];
  return targets.map(([, target]) => target ?? "").filter((target) => !/^(https?|mailto):/.test(target));
}

function isBroken(file: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? file : join(dirname(file), decodeURIComponent(path));
  if (!existsSync(join(repositoryRoot, target))) return true;
  return anchor !== undefined && target.endsWith(".md") && !anchors(readText(target)).has(anchor);
}

test("links inside the repository resolve", () => {
  const broken = documents.flatMap((file) =>
    links(file).flatMap((link) => (isBroken(file, link) ? [`${file}: ${link}`] : [])),
  );
  expect(broken).toEqual([]);
});

test("each decision is in the index", () => {
  const index = readText("docs/decisions/README.md");
  const pages = repositoryFiles(/^docs\/decisions\/(?!README).*\.md$/).map((file) => basename(file));
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

interface Snippet {
  /** `file:line`, for the test's name. */
  place: string;
  text: string;
}

function snippets(file: string, language: string): Snippet[] {
  const text = readText(file);
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, "gm"));
  return [...blocks].map(([, indent = "", body = ""], index) => ({
    place: `${file}, ${language} snippet ${index + 1}`,
    text: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

const yaml = documents.filter((file) => !file.startsWith("docs/reference/")).flatMap((file) => snippets(file, "yaml"));

test.each(yaml)("$place is YAML", ({ text }) => {
  expect(parseAllDocuments(text).flatMap(({ errors }) => errors)).toEqual([]);
});

/** Whole configurations; parts of one show only their own key. */
const configurations = yaml.filter(({ text }) => /^providers:/m.test(text) && /^routes:/m.test(text));

/** Long enough for a secret, and base64 where that is asked for. */
const fakeValue = Buffer.from("a value that is fake".repeat(3)).toString("base64");

test.each(configurations)("$place is a configuration without a problem", ({ text }) => {
  // Each variable is set and each file is there.
  const env = Object.fromEntries([...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => [name, fakeValue]));
  const { problems } = parseConfig(text, "weir.yaml", { env, readFile: () => "fake-value" });
  expect(problems).toEqual([]);
});

test("there are configurations to look at", () => {
  expect(configurations.length).toBeGreaterThan(0);
});

interface Manifest {
  apiVersion: string;
  kind: ObjectKindName;
  metadata: { name: string };
  spec: Record<string, unknown>;
}

const ownObjects = yaml
  .flatMap(({ text }) => parseAllDocuments(text).map((document) => document.toJS() as Manifest | null))
  .filter((manifest) => manifest?.apiVersion === `${objectGroup}/${objectVersion}`);

test("objects that documents show are read without a problem", () => {
  const objects = ownObjects.map((manifest) => entryOf(manifest!));
  const options = { env: {}, readFile: () => "fake-value", objects };
  const { findings } = parseConfig("kubernetes: {}\n", "weir.yaml", options);
  expect([...findings]).toEqual([]);
  expect(objects.length).toBeGreaterThan(3);
});

/** All are of one namespace, and each Secret is there. */
function entryOf({ kind, metadata: { name }, spec }: Manifest): ObjectEntry {
  const names = [...JSON.stringify(spec).matchAll(/\$\{secret:([^{}]*)\}/g)].map(([, reference = ""]) => reference);
  const secrets = Object.fromEntries(names.map((reference) => [reference, { text: fakeValue }]));
  const rest = { isTrusted: false, isAttachedOnly: false, isImplied: false, granted: [] };
  return { kind, namespace: "default", name, spec, secrets, ...rest };
}
