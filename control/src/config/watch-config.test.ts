import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { secretsOf } from "../model/credential.ts";
import { loadConfig, type LoadedConfig } from "./load-config.ts";
import { watchConfig, type ConfigWatch } from "./watch-config.ts";

const quietMs = 30;
let folder: string;
let file: string;
let watch: ConfigWatch | undefined;
let seen: LoadedConfig[];

const withModel = (model: string) =>
  `providers: [{ name: a, type: simulated }]\nroutes: [{ name: r, models: [${model}], targets: [{ provider: a }] }]\n`;
const models = () => seen.map(({ model }) => model?.routes[0]?.models[0] ?? null);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-watch-"));
  file = join(folder, "weir.yaml");
  seen = [];
});

afterEach(() => {
  watch?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: { pollMs?: number } = {}): Promise<void> {
  const known = await loadConfig(file, { env: {} });
  watch = watchConfig(file, {
    env: {},
    known,
    quietMs,
    pollMs: 60_000,
    ...options,
    onResult: (r) => void seen.push(r),
  });
  // Until its first look it watches no folder.
  await pause(quietMs * 3);
}

const settled = (expected: (string | null)[]) => vi.waitFor(() => expect(models()).toEqual(expected), 5000);

describe("watchConfig()", () => {
  test("tells a change once, and no touch", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    writeFileSync(file, withModel("two"));
    await settled(["two"]);
    writeFileSync(file, withModel("two"));
    await pause(quietMs * 6);
    expect(models()).toEqual(["two"]);
  });

  test("tells what changed between loading and watching", async () => {
    writeFileSync(file, withModel("one"));
    const known = await loadConfig(file, { env: {} });
    writeFileSync(file, withModel("two"));
    watch = watchConfig(file, { env: {}, known, quietMs, pollMs: 60_000, onResult: (r) => void seen.push(r) });
    await settled(["two"]);
  });

  test("follows editors that rename a new file into place", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    for (const model of ["two", "three"]) {
      writeFileSync(join(folder, ".weir.yaml.swp"), withModel(model));
      renameSync(join(folder, ".weir.yaml.swp"), file);
      await vi.waitFor(() => expect(models().at(-1)).toBe(model), 5000);
    }
    expect(models()).toEqual(["two", "three"]);
  });

  test("follows editors that remove the file first", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    unlinkSync(file);
    await pause(quietMs);
    writeFileSync(file, withModel("two"));
    await settled(["two"]);
  });

  test("follows the links of a mounted ConfigMap", async () => {
    const data = (version: string) => join(folder, `..${version}`);
    mkdirSync(data("v1"));
    writeFileSync(join(data("v1"), "weir.yaml"), withModel("one"));
    symlinkSync("..v1", join(folder, "..data"));
    symlinkSync(join("..data", "weir.yaml"), file);
    await start();
    mkdirSync(data("v2"));
    writeFileSync(join(data("v2"), "weir.yaml"), withModel("two"));
    symlinkSync("..v2", join(folder, "..data_tmp"));
    renameSync(join(folder, "..data_tmp"), join(folder, "..data"));
    rmSync(data("v1"), { recursive: true });
    await settled(["two"]);
  });

  test("waits while a file is being written piece by piece", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    const text = withModel("two") + "# the end\n".repeat(5);
    for (let length = 0; length <= text.length; length += 15) {
      writeFileSync(file, text.slice(0, length));
      await pause(quietMs / 3);
    }
    writeFileSync(file, text);
    await settled(["two"]);
  });

  test("gives a half-written file more time, then says what is wrong with it", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    writeFileSync(file, "providers: [{");
    await pause(quietMs * 4);
    expect(models()).toEqual([]);
    await settled([null]);
    expect(seen[0]!.problems.length).toBeGreaterThan(0);
    writeFileSync(file, withModel("two"));
    await settled([null, "two"]);
  });

  test("follows the files that the configuration refers to", async () => {
    writeFileSync(join(folder, "key"), "first");
    writeFileSync(
      file,
      'providers: [{ name: a, type: openai, apiKey: "${file:key}" }]\nroutes: [{ name: r, targets: [{ provider: a }] }]\n',
    );
    await start();
    writeFileSync(join(folder, "key"), "second");
    await settled(["*"]);
    const [key] = secretsOf(seen[0]!.model!.targets[0]!.credential!);
    expect(key![1].reveal()).toBe("second");
  });

  test("a poll sees what no event tells", async () => {
    const elsewhere = join(folder, "sub");
    mkdirSync(elsewhere);
    file = join(elsewhere, "weir.yaml");
    writeFileSync(file, withModel("one"));
    await start({ pollMs: 100 });
    // The watched folder itself goes, and with it the watch.
    rmSync(elsewhere, { recursive: true });
    await settled([null]);
    mkdirSync(elsewhere);
    writeFileSync(file, withModel("two"));
    await settled([null, "two"]);
  });

  test("tells nothing after it was closed", async () => {
    writeFileSync(file, withModel("one"));
    await start();
    writeFileSync(file, withModel("two"));
    watch!.close();
    await pause(quietMs * 5);
    expect(models()).toEqual([]);
  });

  test("tells the first state when none is known", async () => {
    writeFileSync(file, withModel("one"));
    watch = watchConfig(file, { env: {}, quietMs, pollMs: 60_000, onResult: (r) => void seen.push(r) });
    await settled(["one"]);
  });
});
