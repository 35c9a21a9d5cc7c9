// The SDK's reference pages, made from its doc comments: one page for each file that sdk/assembly/index.ts exports
// from, in docs/reference/sdk. AssemblyScript is TypeScript to typedoc once it knows the compiler's own types; what
// TypeScript would call an error there (operators on classes, `@final`) does not concern the pages.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Application, type DeclarationReflection, type ProjectReflection } from "typedoc";
import ts from "typescript";
import { repositoryRoot } from "./build-plugins.ts";
import type { Generator } from "./generated.ts";

const folder = "docs/reference/sdk";
const sources = join(repositoryRoot, "sdk/assembly");

/** The pages of the SDK's public surface. */
export const sdkReference: Generator = { name: "SDK reference", folder, render };

async function render(): Promise<Map<string, string>> {
  const scratch = await mkdtemp(join(tmpdir(), "weir-docs-"));
  try {
    await writePages(scratch, await publicNames());
    const pages = (await readdir(scratch, { recursive: true })).filter((file) => file.endsWith(".md")).sort();
    const texts = await Promise.all(pages.map((page) => readFile(join(scratch, page), "utf8")));
    return new Map(pages.map((page, i) => [`${folder}/${page}`, withoutNoise(texts[i] ?? "")]));
  } finally {
    await rm(scratch, { recursive: true });
  }
}

/** Module → the names that the SDK's entry exports from it. */
async function publicNames(): Promise<Map<string, Set<string>>> {
  const entry = ts.createSourceFile("", await readFile(join(sources, "index.ts"), "utf8"), ts.ScriptTarget.ESNext);
  const names = new Map<string, Set<string>>();
  for (const statement of entry.statements) {
    if (!ts.isExportDeclaration(statement) || !statement.moduleSpecifier || !statement.exportClause) continue;
    const module = (statement.moduleSpecifier as ts.StringLiteral).text.replace("./", "");
    const { elements } = statement.exportClause as ts.NamedExports;
    names.set(module, new Set(elements.map((element) => element.name.text)));
  }
  return names;
}

async function writePages(out: string, names: Map<string, Set<string>>): Promise<void> {
  const entryPoints = [...names.keys()].map((module) => join(sources, `${module}.ts`));
  const app = await Application.bootstrapWithPlugins({
    ...options,
    entryPoints,
    tsconfig: await writeTsconfig(out, entryPoints),
    outputs: [{ name: "markdown", path: out }],
  });
  const project = await app.convert();
  if (!project) throw new Error("typedoc could not read the SDK");
  keepOnly(project, names);
  await app.generateOutputs(project);
}

const options: object = {
  plugin: ["typedoc-plugin-markdown"],
  basePath: sources,
  router: "module",
  name: "SDK reference",
  readme: "none",
  skipErrorChecking: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeInternal: true,
  disableSources: true,
  sort: ["source-order"],
  hidePageHeader: true,
  hideBreadcrumbs: true,
  hideGroupHeadings: true,
  useCodeBlocks: true,
  expandParameters: true,
  enumMembersFormat: "table",
  logLevel: "Warn",
};

/** AssemblyScript's types by their own names: its declarations for editors make `number` of each. */
const numbers = ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize", "f32", "f64", "bool", "v128"];
const builtins = ["Boolean", "CallableFunction", "Function", "IArguments", "NewableFunction", "Number", "Object"];
const declarations = [
  ...[...numbers, ...builtins, "RegExp", "String", "ArrayBuffer"].map((name) => `interface ${name} {}`),
  "interface Array<T> {}",
  "interface Map<K, V> {}",
  "interface StaticArray<T> {}",
];

async function writeTsconfig(out: string, files: string[]): Promise<string> {
  const types = join(out, "assemblyscript.d.ts");
  await writeFile(types, declarations.join("\n"));
  const tsconfig = join(out, "tsconfig.json");
  const compilerOptions = { target: "esnext", module: "esnext", moduleResolution: "bundler", noLib: true, types: [] };
  await writeFile(tsconfig, JSON.stringify({ compilerOptions, files: [...files, types] }));
  return tsconfig;
}

/** What a file exports for other files of the SDK alone is nobody else's business; what is inherited stands there. */
function keepOnly(project: ProjectReflection, names: Map<string, Set<string>>): void {
  for (const module of project.children ?? []) {
    keepChildren(module, (child) => names.get(module.name)?.has(child.name) ?? false);
    for (const child of module.children ?? []) keepChildren(child, (member) => !member.inheritedFrom);
  }
}

function keepChildren(parent: DeclarationReflection, isKept: (child: DeclarationReflection) => boolean): void {
  for (const child of parent.children?.filter((each) => !isKept(each)) ?? []) parent.project.removeReflection(child);
  for (const group of parent.groups ?? []) group.children = group.children.filter((each) => isKept(each as never));
  if (parent.groups) parent.groups = parent.groups.filter((group) => group.children.length > 0);
}

/** Sections that say again what the signature above them says. */
const noise = new Set(["Parameters", "Returns", "Overrides", "Inherited from", "Type Parameters"]);

function withoutNoise(page: string): string {
  let hiddenBelow = Infinity;
  const lines = page.split("\n").filter((line) => {
    const [, hashes, title] = /^(#+) (.*)$/.exec(line) ?? [];
    if (!hashes || !title) return hiddenBelow === Infinity;
    if (hashes.length <= hiddenBelow) hiddenBelow = noise.has(title) ? hashes.length : Infinity;
    return hiddenBelow === Infinity;
  });
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}
