// The files that the structure tests read: everything a fresh clone holds, found by walking so that it also
// works in an unpacked archive. Paths are relative to the root and use `/`.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { repositoryRoot } from "../build-plugins.ts";

const notOurs = new Set(["node_modules", "build", ".cache", ".git", "coverage"]);

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return notOurs.has(entry.name) ? [] : walk(path);
    return entry.isFile() && !entry.name.endsWith(".log") ? [relative(repositoryRoot, path)] : [];
  });
}

const files = walk(repositoryRoot).sort();

/** All files, or those whose path matches `pattern`. */
export function repositoryFiles(pattern: RegExp = /./): string[] {
  return files.filter((file) => pattern.test(file));
}

export function readText(file: string): string {
  return readFileSync(join(repositoryRoot, file), "utf8");
}

/** Made by a program and not read as prose: its length and its line width are nobody's choice. */
export function isGenerated(file: string): boolean {
  return /\.gen\.|package-lock\.json$|go\.sum$|^docs\/reference\/|(^|\/)(testdata|fixtures|golden|goldens)\//.test(
    file,
  );
}

/** AssemblyScript: compiled by asc alone. */
export function isAssembly(file: string): boolean {
  return /(^|\/)assembly\//.test(file) && file.endsWith(".ts");
}

/** Lines (1-based) of `text` for which `found` holds, as `file:line: text`. */
export function linesWhere(file: string, found: (line: string) => boolean): string[] {
  return readText(file)
    .split("\n")
    .flatMap((line, index) => (found(line) ? [`${file}:${index + 1}: ${line.trim().slice(0, 100)}`] : []));
}
