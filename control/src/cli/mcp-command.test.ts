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

describe("weir mcp connect", () => {
  const tool = "{ name: hi, responseTemplate: { body: hi } }";
  const open = file("open.yaml", `gateway: { port: 9000 }\nmcpServers: [{ name: weather, tools: [${tool}] }]\n`);
  const key = `{ name: ci, sha256: "${"a".repeat(64)}" }`;
  const closed = file(
    "closed.yaml",
    `gateway: { address: 0.0.0.0 }
consumers: [{ name: team, keys: [${key}] }]
mcpServers:
  - { name: weather, tools: [${tool}], hosts: [mcp.example.com] }
  - { name: clock, auth: none, path: /time, tools: [${tool}] }
`,
  );
  const snippet = async (...args: string[]) => (await weir("mcp", "connect", ...args)).stdout.trimEnd();

  test("tells each client in its own words, with the key by reference", async () => {
    const of = (client: string) =>
      snippet("weather", "-c", closed, "--client", client, "--url", "https://g.example.com/");
    const url = "https://g.example.com/mcp/weather";
    const headers = (value: string) => ({ headers: { Authorization: `Bearer ${value}` } });
    expect(JSON.parse(await of("claude-code"))).toEqual({
      mcpServers: { weather: { type: "http", url, ...headers("${WEIR_API_KEY}") } },
    });
    expect(JSON.parse(await of("claude-desktop"))).toEqual({
      mcpServers: {
        weather: {
          command: "npx",
          args: ["-y", "mcp-remote", url, "--header", "Authorization:Bearer ${WEIR_API_KEY}"],
        },
      },
    });
    expect(JSON.parse(await of("cursor"))).toEqual({
      mcpServers: { weather: { url, ...headers("${env:WEIR_API_KEY}") } },
    });
    expect(JSON.parse(await of("vscode"))).toEqual({
      inputs: [{ type: "promptString", id: "weather-key", description: "The key for weather", password: true }],
      servers: { weather: { type: "http", url, ...headers("${input:weather-key}") } },
    });
    expect(await of("codex")).toBe(`[mcp_servers.weather]\nurl = "${url}"\nbearer_token_env_var = "WEIR_API_KEY"`);
    expect(JSON.parse(await of("gemini-cli"))).toEqual({
      mcpServers: { weather: { httpUrl: url, ...headers("${WEIR_API_KEY}") } },
    });
    expect(JSON.parse(await of("windsurf"))).toEqual({
      mcpServers: { weather: { serverUrl: url, ...headers("${env:WEIR_API_KEY}") } },
    });
    expect(JSON.parse(await of("opencode"))).toMatchObject({
      mcp: { weather: { type: "remote", url, ...headers("{env:WEIR_API_KEY}") } },
    });
    expect(await of("inspector")).toBe(
      `npx @modelcontextprotocol/inspector --cli ${url} --transport http --header "Authorization: Bearer $WEIR_API_KEY" --method tools/list`,
    );
  });

  test("shows no key where none is asked for, and finds the gateway by its configuration", async () => {
    const all = await weir("mcp", "connect", "weather", "-c", open);
    expect(all).toMatchObject({ code: 0, stdout: expect.not.stringMatching(/Authorization|bearer|WEIR/) });
    expect(all.stdout.match(/http:\/\/127\.0\.0\.1:9000\/mcp\/weather/g)).toHaveLength(9);
    expect(await snippet("clock", "-c", closed, "--client", "codex")).toContain('url = "http://127.0.0.1:8080/time"');
    const named = await snippet("weather", "-c", closed, "--client", "codex", "--key-variable", "MY_KEY");
    expect(named).toContain('url = "http://mcp.example.com:8080/mcp/weather"\nbearer_token_env_var = "MY_KEY"');
  });

  test.each<[string, string[], number, string]>([
    ["a server that is not there", ["wether", "-c", open], 1, "has no MCP server wether. Did you mean weather?"],
    ["a client that is not known", ["weather", "-c", open, "--client", "emacs"], 2, "claude-code"],
    ["a URL that is none", ["weather", "-c", open, "--url", "gateway"], 2, "It is a URL"],
    ["a variable that is none", ["weather", "-c", open, "--key-variable", "a-b"], 2, "the name of a variable"],
    ["a configuration that is not there", ["weather", "-c", join(folder, "none.yaml")], 1, "no MCP server weather"],
  ])("refuses %s", async (_what, args, code, why) => {
    const result = await weir("mcp", "connect", ...args);
    expect(result).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(why) });
  });
});

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
