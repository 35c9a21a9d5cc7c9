// The image files of deploy/images: built, and started as containers are, without Docker. What is tried is in
// images/try-images.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "vitest";
import { inNamespaces, report, whyNoNamespace, type Result } from "./kubernetes/in-namespace.ts";

const program = join(import.meta.dirname, "images", "try-images.ts");

test.for(await tryImages())("$name", (result, context) => report(result, context));

async function tryImages(): Promise<Result[]> {
  const skipped = whyNoNamespace();
  if (skipped) return [{ name: "the images", skipped, failure: null }];
  const folder = mkdtempSync(join(tmpdir(), "weir-images-"));
  try {
    // The packages come from the registry, so this machine's network is theirs until the images run.
    return resultsOf(await inNamespaces([], "true", [process.execPath, program, folder]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultsOf(said: string): Result[] {
  const results = [...said.matchAll(/^(ok|failed) (.+)$/gm)].map(([, state, name = ""]) => {
    return { name, skipped: null, failure: state === "ok" ? null : said.slice(-5000) };
  });
  const isWhole = said.trimEnd().endsWith("All was tried");
  return [...results, { name: "all is tried", skipped: null, failure: isWhole ? null : said.slice(-5000) }];
}
