// The files that programs write: which program owns which, how to refresh them, how to see that one is stale.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { repositoryRoot } from "./build-plugins.ts";
import { definitions } from "./crds.ts";
import { configReference } from "./docs-config.ts";
import { dialectMatrix } from "./docs-dialects.ts";
import { modelPage } from "./docs-models.ts";
import { sdkReference } from "./docs-sdk.ts";

/** A program that writes files. `render` gives their whole content by path from the root and changes nothing itself. */
export interface Generator {
  name: string;
  /** A folder in which nothing but this generator's files may stand; what else is there is an orphan. */
  folder?: string;
  render(): Promise<Map<string, string>>;
}

const generators: Generator[] = [sdkReference, configReference, dialectMatrix, modelPage, definitions];

function filesBelow(folder: string): string[] {
  const root = join(repositoryRoot, folder);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(repositoryRoot, join(entry.parentPath, entry.name)));
}

function contentOf(file: string): string | null {
  const path = join(repositoryRoot, file);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

/** Calls `visit` for each file whose content on disk is not what it should be; `content` null means an orphan. */
async function eachStale(visit: (file: string, content: string | null) => void): Promise<void> {
  for (const generator of generators) {
    const rendered = await generator.render();
    for (const [file, content] of rendered) if (contentOf(file) !== content) visit(file, content);
    const orphans = generator.folder ? filesBelow(generator.folder).filter((file) => !rendered.has(file)) : [];
    for (const file of orphans) visit(file, null);
  }
}

/** The paths of all files that differ from what their generator writes, orphans included. */
export async function staleFiles(): Promise<string[]> {
  const stale: string[] = [];
  await eachStale((file) => stale.push(file));
  return stale;
}

/** Writes every stale file and deletes orphans; gives their paths. */
export async function refreshFiles(): Promise<string[]> {
  const refreshed: string[] = [];
  await eachStale((file, content) => {
    const path = join(repositoryRoot, file);
    mkdirSync(dirname(path), { recursive: true });
    if (content === null) rmSync(path);
    else writeFileSync(path, content);
    refreshed.push(file);
  });
  return refreshed;
}
