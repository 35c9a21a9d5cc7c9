// `weir ledger ingest` and `weir usage` as people meet them: in processes of their own, with a configuration file.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { line } from "../ledger/test/lines.ts";
import { LogWriter } from "../ledger/test/writer.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-ledger-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const main = join(import.meta.dirname, "main.ts");
const env = { ...process.env, WEIR_STATE: join(folder, "state"), NO_COLOR: "1" };

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function weir(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env, cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

const routes = "routes: [{ name: all, targets: [{ provider: openai }] }]";
writeFileSync(
  join(folder, "weir.yaml"),
  `ledger: {}
models: [{ name: known, price: { input: 2, output: 8, cacheRead: 0.5 } }]
providers: [{ name: openai, type: vllm, baseUrl: "http://127.0.0.1:1/v1" }]
${routes}
`,
);
writeFileSync(
  join(folder, "without.yaml"),
  `providers: [{ name: openai, type: vllm, baseUrl: "http://127.0.0.1:1/v1" }]\n${routes}\n`,
);

test("before anything was recorded, and without a ledger, it says so", async () => {
  expect(await weir("usage")).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("There is no ") });
  expect(await weir("usage", "without.yaml")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("has no ledger"),
  });
});

test("a log is taken in once, by the configuration's prices, and asked for in every form", async () => {
  const log = join(folder, "requests.jsonl");
  writeFileSync(log, `${line("1")}\n${line("2")}\nno line\n`);
  expect((await weir("ledger", "ingest", log)).stdout).toBe("2 requests recorded, 1 lines were cut or unreadable\n");
  expect((await weir("ledger", "ingest", log)).stdout).toBe("0 requests recorded\n");
  const table = await weir("usage", "--by", "team,model", "--since", "2026-11-01");
  expect(table).toMatchObject({ code: 0, stderr: "" });
  expect(table.stdout).toBe(
    "TEAM    MODEL  REQUESTS  INPUT  CACHED  OUTPUT    COST\nsearch  known         2  2,000     800     400  $0.006\n",
  );
  const json = await weir(
    "usage",
    "--by",
    "",
    "--since",
    "2026-11-25T10:00Z",
    "--until",
    "2026-11-25T11:00Z",
    "-f",
    "json",
  );
  expect(JSON.parse(json.stdout)).toMatchObject({ rows: [{ requests: 2, costUsd: "0.006" }] });
  expect((await weir("usage", "-s", "2026-11-25", "-w", "model=other")).stdout).toBe("Nothing was used in this time\n");
});

test.each([
  [["usage", "--by", "colour"], '"colour" is none of'],
  [["usage", "--since", "yesterday"], "2026-11-01"],
  [["usage", "--where", "model"], "a dimension and its value"],
  [["usage", "--each", "week"], "hour, day, month"],
])("%j is a usage mistake", async (args, complaint) => {
  expect(await weir(...args)).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(complaint) });
});

test("what cannot be read is told, and how to mend it", async () => {
  const absent = await weir("ledger", "ingest", "absent.jsonl");
  expect(absent).toMatchObject({ code: 1, stderr: expect.stringContaining("There is no absent.jsonl") });
  const other = await weir("ledger", "ingest", "weir.yaml");
  expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining(".jsonl") });
});

test("with --follow it goes on until it is told to stop, and misses nothing", async () => {
  const log = join(folder, "followed.jsonl");
  const writer = new LogWriter(log, "f");
  const child = spawn(process.execPath, [main, "ledger", "ingest", log, "--follow"], { env, cwd: folder });
  let said = "";
  child.stderr.on("data", (text: Buffer) => (said += text.toString()));
  await vi.waitFor(() => expect(said).toContain("Following"), 20_000);
  writer.write(10);
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  expect(await gone).toBe(0);
  const { stdout } = await weir("usage", "--by", "", "--since", "2026-11-01", "-f", "json");
  expect(JSON.parse(stdout)).toMatchObject({ rows: [{ requests: 12 }] });
});
