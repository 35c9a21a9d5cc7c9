// The SDK's README, followed by a stranger: its files in an empty folder, its commands in order.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../../../tools/build-plugins.ts";
import { runExample, serve } from "./run-example.ts";

const readme = readFileSync(join(repositoryRoot, "sdk/README.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "weir-readme-"));

/** The README's blocks of code in `language`, in order. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    ([, code]) => code ?? "",
  );
}

const [filter = "", unitTest = "", fewerExports = ""] = blocks("ts");
const [configuration = ""] = blocks("json");
const [envoyYaml = ""] = blocks("yaml");

beforeAll(() => {
  mkdirSync(join(folder, "assembly"));
  writeFileSync(join(folder, "assembly/index.ts"), filter);
  writeFileSync(join(folder, "asconfig.json"), configuration);
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "add-header.test.ts"), unitTest);
  // What `npm install` would put there.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@weir"), { recursive: true });
  symlinkSync(join(repositoryRoot, "sdk"), join(modules, "@weir/sdk"));
  for (const name of [".bin", "assemblyscript", "vitest"]) {
    symlinkSync(join(repositoryRoot, "node_modules", name), join(modules, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string): string {
  const [program = "", ...args] = command.split(" ");
  return execFileSync(program, args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
}

test("its filter, configuration and envoy.yaml are those of the example", () => {
  const file = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
  expect(filter).toBe(file("sdk/examples/add-header/assembly/index.ts"));
  expect(envoyYaml).toBe(file("sdk/examples/add-header/envoy.yaml"));
  expect(JSON.parse(configuration)).toEqual(JSON.parse(file("asconfig.json")));
  expect(filter.trim().split("\n").length).toBeLessThanOrEqual(22);
});

test("its commands compile the filter and run its test", () => {
  const compile =
    blocks("sh")
      .find((block) => block.includes("npx asc"))
      ?.trim() ?? "";
  run(compile);
  expect(run("npx vitest run")).toMatch(/Tests\s.*1 passed/s);
});

test("a filter that exports fewer callbacks is called for those alone", () => {
  writeFileSync(join(folder, "assembly/fewer.ts"), filter.replace(/^export \*.*\n/m, fewerExports));
  run("npx asc assembly/fewer.ts --outFile fewer.wasm");
  const module = new WebAssembly.Module(readFileSync(join(folder, "fewer.wasm")));
  const callbacks = WebAssembly.Module.exports(module).map(({ name }) => name.replace("proxy_on_", ""));
  expect(callbacks.filter((name) => /request|response|grpc|http|stream/.test(name))).toEqual(["request_headers"]);
  expect(callbacks).toEqual(expect.arrayContaining(["configure", "context_create", "delete", "memory_allocate"]));
});

test("what it compiles adds the header in Envoy, and changes nothing else", async () => {
  const server = await serve((_request, response) => response.end("from the server"));
  const copy = join(folder, "copy.wasm");
  cpSync(join(folder, "add-header.wasm"), copy);
  const example = await runExample("add-header", { clusters: { server: server.port }, modulePath: copy });
  try {
    const response = await fetch(example.url);
    expect(response.headers.get("x-greeting")).toBe("hello");
    expect(await response.text()).toBe("from the server");
  } finally {
    await example.stop();
    server.close();
  }
});
