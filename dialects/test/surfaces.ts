// What is not chat as functions, and its fixtures, found by glob:
// dialects/<dialect>/fixtures/{embeddings,reranks,counts}/requests/<surface>/<case>.json, and responses/<provider>/….
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Harness } from "../../sdk/test/harness.ts";
import { compileModule } from "../../tools/build-plugins.ts";

const dialects = join(import.meta.dirname, "..");

/** The kinds of traffic. */
export type Kind = "embeddings" | "reranks" | "counts";

/** A fixture. */
export interface Case {
  /** The surface whose clients send it, or the provider that answers it. */
  source: string;
  name: string;
  folder: string;
  text: string;
}

/** What a translation gave: a body, or what was wrong. */
export type Told = { dropped?: string; body: unknown } | { fault: string };

/** An instance of the harness; it needs no import but `env.abort`, as the dialects are pure. */
export async function loadSurfaces(): Promise<Harness> {
  const { bytes } = await compileModule("dialects/test/assembly/surfaces.ts", ["--config", "sdk/test/asconfig.json"]);
  const module = new WebAssembly.Module(bytes);
  const imports = WebAssembly.Module.imports(module).map((entry) => `${entry.module}.${entry.name}`);
  if (imports.some((entry) => entry !== "env.abort")) throw new Error(`Not pure: ${imports.join(", ")}`);
  return new Harness(module);
}

/** The names that an export of the harness lists. */
export function namesOf(harness: Harness, list: string): string[] {
  return (harness.text(list) ?? "").trim().split("\n");
}

/** Calls a translation of the harness. */
export function tell(harness: Harness, name: string, ...values: (string | number)[]): Told {
  const text = harness.text(name, ...values) ?? "";
  const fault = harness.text("lastFault") ?? "";
  return fault ? { fault } : { dropped: harness.text("lastDropped") ?? "", body: JSON.parse(text) };
}

/** Every folder of fixtures of one kind and side. */
function folders(kind: Kind, side: string): string[] {
  return readdirSync(dialects)
    .map((name) => join(dialects, name, "fixtures", kind, side))
    .filter((path) => existsSync(path))
    .flatMap((path) => readdirSync(path).map((name) => join(path, name)));
}

/** All fixtures of one kind and side. A surface's slash is a dash in its folder's name. */
export function casesOf(kind: Kind, side: "requests" | "responses", sources: string[]): Case[] {
  return folders(kind, side).flatMap((folder) => {
    const source = sources.find((name) => folder.endsWith(`/${name.replaceAll("/", "-")}`));
    if (!source) throw new Error(`${folder} is of no surface and no provider`);
    return readdirSync(folder)
      .filter((file) => /^[^.]+\.json$/.test(file))
      .map((file) => ({ source, name: file.slice(0, -5), folder, text: readFileSync(join(folder, file), "utf8") }));
  });
}

/** The golden files of one kind and side that have no case. */
export function orphansOf(kind: Kind, side: string): string[] {
  return folders(kind, side).flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".golden.json"))
      .map((file) => join(folder, file))
      .filter((path) => !existsSync(path.replace(/\.golden\.json$/, ".json"))),
  );
}
