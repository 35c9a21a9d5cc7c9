// `weir mcp` as scripts and people meet it: what goes to which stream, and exit codes.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, describe, expect, test } from "vitest";
import { runProgram } from "./program.ts";
import { Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-mcp-"));
afterAll(() => rmSync(folder, { recursive: true }));
const petstore = join(import.meta.dirname, "../openapi/testdata/petstore-2.0.json");

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

async function weir(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const texts = { stdout: "", stderr: "" };
  const streamOf = (name: keyof typeof texts) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        texts[name] += String(chunk);
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  const code = await runProgram(args, new Terminal({ stdout: streamOf("stdout"), stderr: streamOf("stderr") }));
  return { code, ...texts };
}

describe("weir mcp import openapi", () => {
  test("prints what weir check takes, and says what it has left out with its place", async () => {
    const { code, stdout, stderr } = await weir(
      "mcp",
      "import",
      "openapi",
      petstore,
      "--tag",
      "store",
      "--name",
      "pets",
    );
    expect([code, stderr]).toEqual([0, expect.stringContaining(`${petstore}:1:1 info The first server is taken`)]);
    expect(stdout).toContain("defaultCredential: ${PETS_API_KEY}");
    process.env["PETS_API_KEY"] = "fake-pet-key";
    const checked = await weir("check", file("imported.yaml", stdout));
    delete process.env["PETS_API_KEY"];
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/imported.yaml: ok\n$/) });
  });

  test("shows each tool", async () => {
    const { code, stdout } = await weir("mcp", "import", "openapi", petstore, "--dry-run", "--operation", "GET /pet/*");
    expect([code, stdout]).toEqual([
      0,
      `TOOL              CALL                   ARGUMENTS
findPetsByStatus  GET /pet/findByStatus  status*, tags, limit
getPetById        GET /pet/{petId}       petId*
2 tools; a star marks what has to be given
`,
    ]);
  });

  test.each<[string, string[], number, string]>([
    ["a file that is not there", [join(folder, "none.yaml")], 1, "ENOENT"],
    ["a file that is no document", [file("none.json", "{}")], 1, "This is no OpenAPI document"],
    ["a name that is none", [petstore, "--name", "a b"], 1, "--name is 1 to 63"],
    ["a variable without a value", [petstore, "--variable", "region"], 1, "--variable is written as in region=eu"],
    ["an operation that is not there", [petstore, "--operation", "getPet"], 1, "Did you mean getPetById?"],
    ["no file", [], 2, "missing required argument 'file'"],
  ])("refuses %s", async (_what, args, code, why) => {
    const result = await weir("mcp", "import", "openapi", ...args);
    expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(why) });
  });
});
