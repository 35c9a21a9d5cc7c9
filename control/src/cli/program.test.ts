// The command line as scripts and people meet it: exit codes, what goes to which stream, every complaint with its fix.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { envoyVersion } from "../../../envoy/pin.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

function weir(args: string[], env: Record<string, string> = {}, input = ""): Promise<Result> {
  const main = join(import.meta.dirname, "main.ts");
  const { FORCE_COLOR: _, NO_COLOR: __, ...rest } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { ...rest, ...env }, cwd: folder },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

function file(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

const good = file(
  "good.yaml",
  `providers:
  - { name: openai, type: openai, apiKey: "\${TEST_KEY}" }
routes:
  - { name: all, targets: [{ provider: openai }] }
`,
);
const bad = file("bad.yaml", `providers:\n  - { name: a, type: opnai }\nroutes: []\nabsent: 1\n`);
const simulated = file(
  "simulated.yaml",
  `providers: [{ name: s, type: simulated }]\nroutes: [{ name: all, targets: [{ provider: s }] }]\n`,
);
const key = "a-secret-that-nobody-prints";

describe("help and usage", () => {
  it("lists every command, and each has help of its own", async () => {
    const { code, stdout, stderr } = await weir(["--help"]);
    expect([code, stderr]).toEqual([0, ""]);
    const commands = [...stdout.matchAll(/^ {2}(\w+) (?:\[options\]| )/gm)].map((match) => match[1] ?? "");
    const all = ["bootstrap", "build", "check", "explain", "keys", "ledger", "limits", "mcp", "run", "status", "usage"];
    expect(commands.sort()).toEqual([...all, "version"]);
    const helps = await Promise.all(commands.map((name) => weir([name, "--help"])));
    expect(helps.map((help) => help.code)).toEqual(commands.map(() => 0));
    expect(helps.every((help, i) => help.stdout.startsWith(`Usage: weir ${commands[i]}`))).toBe(true);
  });

  it.each([
    ["an unknown command", ["chek"], /unknown command 'chek'[^]*Did you mean check/],
    ["an unknown option", ["check", "--jsno"], /unknown option '--jsno'/],
    ["a port out of range", ["run", "--port", "70000"], /A port is a number from 1 to 65535/],
    ["a port that is none", ["run", "--port", "80a"], /A port is a number/],
    ["a host without a port", ["run", "--xds-listen", "10.0.0.5"], /a host and a port/],
    ["no threads", ["run", "--concurrency", "0"], /whole number from 1/],
    ["an unknown log level", ["run", "--envoy-log-level", "loud"], /one of trace, debug, info/],
    ["a file beside --quick-start", ["run", "good.yaml", "--quick-start"], /a file or --quick-start, not both/],
    ["one argument too many", ["check", "a", "b"], /too many arguments/],
  ])("refuses %s with exit code 2, on stderr", async (_, args, complaint) => {
    const { code, stdout, stderr } = await weir(args);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(complaint);
  });

  it("shows its usage and fails when called without a command", async () => {
    const { code, stderr } = await weir([]);
    expect(code).toBe(2);
    expect(stderr).toContain("Usage: weir");
  });
});

describe("weir check", () => {
  it("says ok for a good file, with exit code 0", async () => {
    expect(await weir(["check", good], { TEST_KEY: key })).toEqual({ code: 0, stdout: "good.yaml: ok\n", stderr: "" });
  });

  it("shows all problems at their lines, with exit code 1", async () => {
    const { code, stdout } = await weir(["check", bad]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^bad\.yaml:2:\d+ error/m);
    expect(stdout).toMatch(/^bad\.yaml:4:\d+ error/m);
    expect(stdout).toMatch(/^bad\.yaml: \d errors?/m);
  });

  it("gives the problems as JSON", async () => {
    const { code, stdout } = await weir(["check", bad, "--json"]);
    const { problems } = JSON.parse(stdout) as { problems: { severity: string; line: number; fix: string }[] };
    expect(code).toBe(1);
    expect(problems).toContainEqual(expect.objectContaining({ severity: "error", line: 2, file: "bad.yaml" }));
  });

  it("says which file cannot be read", async () => {
    const { code, stdout } = await weir(["check", "nowhere.yaml"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/nowhere\.yaml error The file cannot be read \(ENOENT\)/);
  });

  it("has colours for a terminal that wants them, and never with NO_COLOR", async () => {
    expect((await weir(["check", bad], { FORCE_COLOR: "1" })).stdout).toContain("\u001b[");
    expect((await weir(["check", bad])).stdout).not.toContain("\u001b[");
    expect((await weir(["check", bad], { FORCE_COLOR: "1", NO_COLOR: "1" })).stdout).not.toContain("\u001b[");
  });
});

describe("weir version", () => {
  it("names Weir, Envoy and Node", async () => {
    const { stdout } = await weir(["version", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ envoy: envoyVersion, node: process.versions.node });
    expect((await weir(["version"])).stdout).toMatch(/^weir \d+\.\d+\.\d+\nenvoy \d/);
    expect((await weir(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("weir limits", () => {
  const local = "redis://user:fake-redis-password@127.0.0.1:1";
  it.each<[string, string[], Record<string, string>, RegExp]>([
    ["no Redis", [], {}, /No Redis is named: give --redis <url>, or set WEIR_REDIS_URL/],
    ["no URL", ["--redis", "fake-redis-password@host"], {}, /must look like redis:\/\/host:6379/],
    ["an open port", ["--redis", local, "--listen", "0.0.0.0:1"], {}, /everybody on that network.*WEIR_LIMITS_TOKEN/],
    ["no port", ["--listen", "127.0.0.1"], { WEIR_REDIS_URL: local }, /host/],
    [
      "an address of others",
      ["--listen", "192.0.2.1:1"],
      { WEIR_LIMITS_TOKEN: "t", WEIR_REDIS_URL: local },
      /Cannot listen/,
    ],
  ])("complains of %s, and shows no password", async (_what, args, env, message) => {
    const { code, stderr } = await weir(["limits", ...args], { WEIR_REDIS_URL: "", WEIR_LIMITS_TOKEN: "", ...env });
    expect(code).toBeGreaterThan(0);
    expect(stderr.replaceAll(/\s+/g, " ")).toMatch(message);
    expect(stderr).not.toContain("fake-redis-password");
  });
});

describe("weir mcp import higress", () => {
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it("prints what weir check takes, and says what it has changed", async () => {
    const tools = "tools: [{ name: t, args: [{ name: n, type: int }], requestTemplate: { url: https://a.test/x } }]";
    const source = file("higress.yaml", `server: { name: a, config: { k: "" } }\n${tools}\n`);
    const { code, stdout, stderr } = await weir(["mcp", "import", "higress", source]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("The type int of n of the tool t has become integer")]);
    expect((await weir(["check", file("imported.yaml", stdout)])).code).toBe(0);
  });

  it.each([
    ["a file that is not there", () => join(folder, "none.yaml"), "ENOENT"],
    ["a file that is no YAML", () => file("not-higress.yaml", "a: [b"), "is no YAML"],
    ["a file without a server", () => file("not-a-server.yaml", "a: b"), "no server"],
  ])("refuses %s", async (_what, path, why) => {
    const { code, stderr } = await weir(["mcp", "import", "higress", path()]);
    expect([code, stderr]).toEqual([1, expect.stringContaining(why)]);
  });
});

describe("weir keys", () => {
  it("makes a key, shows it once, and what to paste, which the configuration takes", async () => {
    const { code, stdout, stderr } = await weir(["keys", "new", "--consumer", "team", "--name", "ci"]);
    const [key = "", , ...yaml] = stdout.split("\n");
    expect([code, key]).toEqual([0, expect.stringMatching(/^wk-[\w-]{43}$/)]);
    expect(stderr).toContain("only time");
    const text = `${yaml.join("\n")}\nproviders: [{ name: s, type: simulated }]\nroutes: [{ name: r, targets: [{ provider: s }] }]\n`;
    expect(await weir(["check", file("with-key.yaml", text)])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/: ok\n$/),
    });
    expect(text).toContain(createHash("sha256").update(key).digest("hex"));
    expect(await weir(["explain", "with-key.yaml", "--model", "m", "--as", "team/ci"])).toMatchObject({ code: 0 });
    const unknown = await weir(["explain", "with-key.yaml", "--model", "m", "--as", "team/cii"]);
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("Use one of: team/ci") });
  });

  it("makes another one each time, for scripts too", async () => {
    const [a, b] = await Promise.all([weir(["keys", "new", "--json"]), weir(["keys", "new", "--json"])]);
    const { key, sha256 } = JSON.parse(a!.stdout) as { key: string; sha256: string };
    expect(sha256).toBe(createHash("sha256").update(key).digest("hex"));
    expect(b!.stdout).not.toContain(key);
  });

  it.each([
    ["wk-key", 0, /^[0-9a-f]{64}\n$/, /^$/],
    ["wk-key\n", 0, /^[0-9a-f]{64}\n$/, /^$/],
    ["", 1, /^$/, /There is no key on standard input/],
    ["two words", 1, /^$/, /holds a space/],
  ])("hashes what it reads: %j", async (input, code, stdout, stderr) => {
    const result = await weir(["keys", "hash"], {}, input);
    expect(result).toEqual({ code, stdout: expect.stringMatching(stdout), stderr: expect.stringMatching(stderr) });
    if (code === 0) expect(result.stdout.trim()).toBe(createHash("sha256").update("wk-key").digest("hex"));
    else expect(result.stderr).not.toContain("two");
  });
});

describe("weir run", () => {
  it("says what to do without a configuration", async () => {
    const { code, stdout, stderr } = await weir(["run"]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe("weir: There is no weir.yaml. Name a configuration, or try weir run --quick-start\n");
  });
});

describe("weir run --xds-listen", () => {
  it.each([
    ["a network without TLS", ["--xds-listen", "0.0.0.0:18000"], {}, /keys over a network in clear.*--xds-tls-cert/],
    ["a name that is not localhost", ["--xds-listen", "weir.internal:18000"], {}, /in clear/],
    ["a certificate without its key", ["--xds-listen", "127.0.0.1:1", "--xds-tls-cert", good], {}, /give both/],
    ["a certificate without a port", ["--xds-tls-cert", good, "--xds-tls-key", good], {}, /add --xds-listen/],
    [
      "a certificate that is none",
      ["--xds-listen", "127.0.0.1:1", "--xds-tls-cert", good, "--xds-tls-key", good],
      {},
      /good\.yaml cannot be used/,
    ],
    ["a short token", ["--xds-listen", "127.0.0.1:1"], { WEIR_XDS_TOKEN: "short" }, /WEIR_XDS_TOKEN cannot be used/],
  ])("refuses %s", async (_, args, env, complaint) => {
    const { code, stderr } = await weir(["run", good, ...args], { TEST_KEY: key, ...env });
    expect(code).toBe(1);
    expect(stderr).toMatch(complaint);
    expect(stderr).not.toMatch(/\n {4}at |short/);
  });
});

describe("weir status", () => {
  it("says how to get a control plane when there is none", async () => {
    const { code, stderr } = await weir(["status", "--control", "http://127.0.0.1:9"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/No control plane at http:\/\/127\.0\.0\.1:9 .*weir run.*--control/);
  });

  it("says when the address is no URL", async () => {
    const { code, stderr } = await weir(["status", "--control", "nonsense"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/--control nonsense is no URL/);
  });
});

describe("weir bootstrap", () => {
  it("prints what leads an Envoy to the control plane, as YAML and as JSON", async () => {
    const args = ["bootstrap", "--xds", "10.0.0.5:7000", "--node-id", "edge-1"];
    const { code, stdout } = await weir(args);
    const bootstrap = parse(stdout) as { node: object; static_resources: { clusters: { type: string }[] } };
    expect(code).toBe(0);
    expect(bootstrap.node).toEqual({ id: "edge-1", cluster: "weir" });
    expect(stdout).toMatch(/address: 10\.0\.0\.5\n +port_value: 7000/);
    expect(stdout).not.toMatch(/&a1|admin:/);
    expect(JSON.parse((await weir([...args, "--json"])).stdout)).toEqual(bootstrap);
    const named = await weir(["bootstrap", "--xds", "weir.internal:18000", "--xds-tls-ca", "/etc/ca.pem"]);
    expect(named.stdout).toMatch(/type: STRICT_DNS[^]*sni: weir\.internal[^]*filename: \/etc\/ca\.pem/);
  });

  it("says where that Envoy is, as far as it is told", async () => {
    const nodeOf = async (...args: string[]): Promise<object> => {
      const { stdout } = await weir(["bootstrap", "--node-id", "edge-1", ...args]);
      return (parse(stdout) as { node: object }).node;
    };
    const known = { id: "edge-1", cluster: "weir" };
    const place = { locality: { zone: "eu-1a" }, metadata: { "weir.node": "node-7" } };
    expect(await nodeOf("--zone", "eu-1a", "--node", "node-7")).toEqual({ ...known, ...place });
    expect(await nodeOf("--zone=", "--node=")).toEqual(known);
  });

  it("holds no token, only where Envoy finds it", async () => {
    const { stdout } = await weir(["bootstrap"], { WEIR_XDS_TOKEN: key });
    expect(stdout).not.toContain(key);
    expect(stdout).toContain("Bearer %ENVIRONMENT(WEIR_XDS_TOKEN)%");
  });
});

describe("weir bootstrap --probe-listen", () => {
  const probed = ["bootstrap", "--probe-listen", "0.0.0.0:18002"];

  it("lets others ask for readiness and metrics alone, of an Envoy that waits for its configuration", async () => {
    const file = join(folder, "bootstrap.yaml");
    const args = [...probed, "--admin-port", "9901", "--memory-bytes", "1000000000", "--output", file];
    expect(await weir(args)).toMatchObject({ code: 0, stdout: "" });
    const text = readFileSync(file, "utf8");
    expect([...text.matchAll(/path: (.+)/g)].map(([, path]) => path)).toEqual(["/ready", "/stats/prometheus"]);
    expect(text.match(/initial_fetch_timeout: 0s/g)).toHaveLength(2);
    expect(text).toContain("max_heap_size_bytes: 800000000");
  });

  it("says what is missing, and where it cannot write", async () => {
    expect((await weir(probed)).stderr).toContain("add --admin-port <port>");
    const { code, stderr } = await weir(["bootstrap", "--output", join(folder, "none", "bootstrap.yaml")]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("cannot be written")]);
  });
});

describe("weir build", () => {
  it("writes a folder without any secret, and its digests fit", async () => {
    const { code, stdout } = await weir(["build", good, "-o", "built"], { TEST_KEY: key });
    expect([code, stdout]).toEqual([0, expect.stringContaining("cd built && envoy -c envoy.yaml")]);
    expect(stdout).toContain("TEST_KEY");
    const files = readdirSync(join(folder, "built"));
    expect(files).toEqual(expect.arrayContaining(["README.md", "SHA256SUMS", "ai-proxy.wasm", "envoy.yaml"]));
    for (const name of files) expect(readFileSync(join(folder, "built", name), "latin1")).not.toContain(key);
    const sums = execFileText("sha256sum", ["-c", "SHA256SUMS"], join(folder, "built"));
    expect(await sums).toMatch(/envoy\.yaml: OK/);
  });

  it("says in its README how to stop without cutting requests off", async () => {
    const readme = (folderName: string): string => readFileSync(join(folder, folderName, "README.md"), "utf8");
    await weir(["build", good, "-o", "drained", "--admin-port", "9901"], { TEST_KEY: key });
    expect(readme("drained")).toContain("curl -X POST http://127.0.0.1:9901/drain_listeners");
    await weir(["build", good, "-o", "undrained"], { TEST_KEY: key });
    expect(readme("undrained")).toMatch(/SIGTERM ends Envoy at once.*--admin-port/);
  });

  it("writes over its own earlier build, and over nothing else", async () => {
    expect((await weir(["build", good, "-o", "twice"], { TEST_KEY: key })).code).toBe(0);
    expect((await weir(["build", good, "-o", "twice"], { TEST_KEY: key })).code).toBe(0);
    const { code, stderr } = await weir(["build", good, "-o", "."], { TEST_KEY: key });
    expect(code).toBe(1);
    expect(stderr).toMatch(/holds files that no build has written.*--output/);
  });

  it("builds nothing of a configuration with an error, or with the simulated provider", async () => {
    const wrong = await weir(["build", bad, "-o", "never"]);
    expect([wrong.code, wrong.stderr]).toEqual([
      1,
      expect.stringMatching(/Nothing was built: bad\.yaml has \d errors/),
    ]);
    const playing = await weir(["build", simulated, "-o", "never"]);
    expect([playing.code, playing.stderr]).toEqual([1, expect.stringMatching(/only weir run has/)]);
    expect(existsSync(join(folder, "never"))).toBe(false);
  });
});

function execFileText(command: string, args: string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd }, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}
