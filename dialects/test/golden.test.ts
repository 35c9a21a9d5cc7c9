// Golden cases: each fixture is translated into every other dialect and compared with the file beside it,
// `<case>.to-<dialect>.json` or `.txt`. GOLDEN=update rewrites them and deletes those without a case.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Case, type Codec, fixtureFolder, fixtures, loadCodec } from "./codec.ts";

const isUpdate = process.env.GOLDEN === "update";
const kinds = ["requests", "responses", "streams", "errors"] as const;
let codec: Codec;

beforeAll(async () => {
  codec = await loadCodec();
});

function readable(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Behind a stream no header can name what it lost: here a line does that is not part of it. */
function droppedLine(names: string): string {
  return names && `: dropped ${names}\n`;
}

/** The golden file of a whole body: the body, and beside it what goes into headers. */
function golden(one: Case, target: string): string {
  if (one.kind === "streams") return codec.wholeStream(one, target) + droppedLine(codec.lastDropped());
  if (one.kind === "errors") {
    const status = Number(/^\d+/.exec(one.name)?.[0]);
    const error = codec.error(one.dialect, target, one.text, status);
    return readable({ status: error.status, body: JSON.parse(error.text) });
  }
  const told =
    one.kind === "requests"
      ? codec.request(one.dialect, target, one.text)
      : codec.response(one.dialect, target, one.text);
  const status = "status" in told && told.status ? { status: told.status } : {};
  return readable({ ...status, dropped: told.dropped, body: JSON.parse(told.text) });
}

function goldenPath(one: Case, target: string): string {
  return `${one.base}.to-${target}.${one.kind === "streams" ? "txt" : "json"}`;
}

describe.each(kinds)("%s", (kind) => {
  test.each(fixtures(kind))("$dialect/$name is translated as written", (one) => {
    for (const target of codec.targets(kind).filter((name) => name !== one.dialect)) {
      const path = goldenPath(one, target);
      const text = golden(one, target);
      if (isUpdate) writeFileSync(path, text);
      expect(text).toBe(readFileSync(path, "utf8"));
    }
  });

  test("every golden file has its case", () => {
    const known = new Set(
      fixtures(kind).flatMap((one) => codec.targets(kind).map((target) => goldenPath(one, target))),
    );
    const dialects = new Set([...codec.clients, ...codec.providers]);
    for (const folder of [...dialects].map((name) => fixtureFolder(name, kind)).filter((path) => existsSync(path))) {
      const orphans = readdirSync(folder)
        .filter((file) => file.includes(".to-"))
        .filter((file) => !known.has(join(folder, file)));
      if (isUpdate) for (const file of orphans) rmSync(join(folder, file));
      else expect(orphans).toEqual([]);
    }
  });
});
