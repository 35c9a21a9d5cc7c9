// A document that points nowhere or shows a configuration that Weir refuses is worse than none.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
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
