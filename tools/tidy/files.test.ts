// Names, sizes and permissions: what keeps a file findable and readable.
import { statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot } from "../build-plugins.ts";
import { isAssembly, isGenerated, linesWhere, readText, repositoryFiles } from "./repository.ts";

const fileLinesMax = 400;
const lineLengthMax = 120;
const fileBytesMax = 1024 * 1024;

const text = /\.(ts|mts|js|md|json|ya?ml|go|sh|proto|css|html|svg)$|^\.ci\/run$/;
const written = repositoryFiles(text).filter((file) => !isGenerated(file));
/** These tests name what they look for. */
const others = written.filter((file) => !file.startsWith("tools/tidy/"));
const code = written.filter((file) => /\.(ts|js|go|sh)$|^\.ci\/run$/.test(file));

test("file names are kebab-case and say what the file is", () => {
  const vague = /(^|[/-])(utils?|helpers?|common|misc|manager)(\.|\/|$)/;
  // AssemblyScript names an import's module after the file that declares it.
  const importModule = "sdk/assembly/wasi_snapshot_preview1.ts";
  const named = repositoryFiles(/\.ts$/).filter(
    (file) => file !== importModule && (vague.test(file) || /[A-Z_ ]/.test(file)),
  );
  expect(named).toEqual([]);
});

test("only a package's own entry re-exports", () => {
  const barrels = repositoryFiles(/\.ts$/).filter((file) => {
    const lines = readText(file).split("\n");
    const statements = lines.filter((line) => /^\S/.test(line) && !/^(\/[/*]|\s*\*|\}|[a-z]+:)/.test(line));
    return statements.length > 1 && statements.every((line) => /^export (\*|\{).* from /.test(line));
  });
  expect(barrels.filter((file) => !/\/assembly\/(index|exports\/[a-z]+)\.ts$/.test(file))).toEqual([]);
});

/** The formatter sees to code, and leaves long strings alone; comments are nobody's but ours. */
test(`comments have at most ${lineLengthMax} characters`, () => {
  const tooLong = (line: string) => line.length > lineLengthMax && /^\s*(\/\/|\/\*|\*|#)/.test(line);
  expect(code.flatMap((file) => linesWhere(file, tooLong))).toEqual([]);
});

test(`code files have at most ${fileLinesMax} lines`, () => {
  const long = code.map((file) => ({ file, lines: readText(file).split("\n").length }));
  expect(long.filter(({ lines }) => lines > fileLinesMax)).toEqual([]);
});

test("no file is a large blob", () => {
  const sizes = repositoryFiles().map((file) => ({ file, bytes: statSync(join(repositoryRoot, file)).size }));
  expect(sizes.filter(({ bytes }) => bytes > fileBytesMax)).toEqual([]);
});

test("code files say in their first lines what they own", () => {
  const silent = code
    .filter((file) => !file.endsWith(".test.ts") && (file.endsWith(".ts") || file.endsWith(".sh")))
    .filter((file) => !/^(#!.*\n)?(\/\/|\/\*|#) ?\S/.test(readText(file)));
  expect(silent).toEqual([]);
});

test("nothing is left to do", () => {
  const marker = /\b(TODO|FIXME|XXX|HACK)\b/;
  expect(others.flatMap((file) => linesWhere(file, (line) => marker.test(line)))).toEqual([]);
});

test("nothing names a developer's own machine", () => {
  const place = /(^|[\s"'`(=:])\/(home|Users|work|root)\/|\/tmp\/weir/;
  expect(others.flatMap((file) => linesWhere(file, (line) => place.test(line)))).toEqual([]);
});

test("a check is switched off only with its reason", () => {
  const switchedOff = /(oxlint|eslint)-disable|@ts-(ignore|expect-error|nocheck)/;
  const reasoned = /-disable.* -- \S|@ts-expect-error \S/;
  const found = others.flatMap((file) => linesWhere(file, (line) => switchedOff.test(line) && !reasoned.test(line)));
  expect(found).toEqual([]);
});

test("a script is executable exactly when it says who runs it", () => {
  const wrong = code
    .filter((file) => !isAssembly(file))
    .filter((file) => {
      const executable = (statSync(join(repositoryRoot, file)).mode & 0o111) !== 0;
      return executable !== readText(file).startsWith("#!");
    });
  expect(wrong).toEqual([]);
});
