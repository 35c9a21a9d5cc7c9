// OpenAPI documents made by chance, and damaged ones: an import never fails without a word, what it makes is a
// configuration without errors whose schemas are schemas, and a call becomes the request that the document asks for.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { parseConfig } from "../control/src/config/load-config.ts";
import { writeServers } from "../control/src/config/write-servers.ts";
import { importOpenApi } from "../control/src/openapi/import-openapi.ts";
import { allOperations } from "../control/src/openapi/test/all-operations.ts";
import { typeUrls } from "../control/src/xds/resources.ts";
import { translate } from "../control/src/xds/translate.ts";
import type { HttpStream } from "../sdk/host/http-stream.ts";
import type { Plugin } from "../sdk/host/plugin.ts";
import { WasmHost } from "../sdk/host/wasm-host.ts";
import { seededRandom } from "../sdk/test/random.ts";
import { buildPlugin, pluginNames } from "../tools/build-plugins.ts";
import { damagedDocument } from "./test/damaged-document.ts";
import { generateApi, versions, type Expectation, type Json } from "./test/generated-api.ts";

const server = "https://api.test/base";
const options = { ...allOperations, name: "api", server };
const toolName = /^[A-Za-z0-9_-]{1,64}$/;

const source = { kind: "local", path: "/plugin.wasm" } as const;
const plugins = Object.fromEntries(pluginNames().map((name) => [name, source]));

let host: WasmHost;
beforeAll(async () => void (host = await WasmHost.load(await buildPlugin("mcp-bridge"))));

/** The plugin with what is made of a document; null where nothing is, which has been told then. */
async function imported(text: string): Promise<{ plugin: Plugin; tools: Json[] } | null> {
  const { entry, problems } = await importOpenApi(text, join(import.meta.dirname, "api.yaml"), options);
  for (const { message, fix } of problems) expect(message !== "" && fix !== "", message).toBe(true);
  if (!entry) {
    expect(problems.map(({ severity }) => severity)).toContain("error");
    return null;
  }
  const tools = entry["tools"] as Json[];
  expect(new Set(tools.map(({ name }) => name)).size).toBe(tools.length);
  for (const tool of tools) checkTool(tool);
  const yaml = writeServers([entry]);
  const variables = [...yaml.matchAll(/(?<!\$)\$\{(\w+)\}/g)].map(([, name]) => name!);
  const env = Object.fromEntries(variables.map((name) => [name, "fake-credential"]));
  const result = parseConfig(yaml, "weir.yaml", { env });
  const errors = result.problems.filter(({ severity }) => severity === "error");
  expect(errors.map(({ message, value }) => `${message} ${value}`)).toEqual([]);
  const resources = translate(result.model!, { plugins, reveal: (secret) => secret.reveal() });
  const extension = resources[typeUrls.extension]!.find(({ name }) => name === "weir.mcp-bridge")!;
  const { config } = (extension.resource as unknown as Json)["typed_config"];
  return { plugin: host.startPlugin({ configuration: config.configuration.value }), tools };
}

/** What a schema says of formats, and words that are unknown, are annotations. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });

function checkTool({ name, inputSchema, outputSchema }: Json): void {
  expect(name).toMatch(toolName);
  for (const schema of [inputSchema, outputSchema]) {
    if (schema === undefined) continue;
    expect(schema.type).toBe("object");
    expect(() => ajv.compile(unescaped(schema) as object), JSON.stringify(schema)).not.toThrow();
  }
}

/** Without what keeps a `${` from being a reference in a configuration. */
const unescaped = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll("$${", "${"));

function call(plugin: Plugin, name: string, args: Json): HttpStream {
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name, arguments: args } };
  const headers = {
    ":method": "POST",
    ":path": "/mcp/api",
    ":authority": "127.0.0.1",
    ":scheme": "http",
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
  };
  const properties = { xds: { route_metadata: { filter_metadata: { weir: { mcp: "api" } } } } };
  return plugin.openStream({ properties }).sendRequest(Object.entries(headers), JSON.stringify(body));
}

const plain = (name: string): string => name.replace(/[^a-z0-9]/gi, "").toLowerCase();

/** Arguments under the tool's names for them: what is no name for a model is another one there. */
function named({ args, body = {} }: Expectation, tool: Json): Json {
  const names = Object.keys(tool["inputSchema"].properties ?? {});
  const nameOf = (wire: string) =>
    names.find((each) => each === wire) ?? names.find((each) => plain(each) === plain(wire));
  const given = Object.entries(args).map(([wire, value]) => [nameOf(wire) ?? `${wire} is not among ${names}`, value]);
  const fields = Object.entries(body).map(([wire, value]) => [nameOf(wire), value]);
  // Where a field of JSON has a name that is none for a model, the body is one argument.
  const isWhole = fields.some(([name]) => name === undefined);
  return Object.fromEntries([...given, ...(isWhole ? [["body", body]] : fields)]);
}

function expectRequest(stream: HttpStream, expected: Expectation): void {
  expect(stream.sentUpstream.ended, stream.sentDownstream.text).toBe(true);
  const sent = Object.fromEntries(stream.sentUpstream.headers ?? []) as Record<string, string>;
  expect(sent).toMatchObject({ ":method": expected.method, ":authority": "api.test", ...expected.headers });
  const [path = "", query = ""] = sent[":path"]!.split("?");
  expect(path.split("/").slice(1).map(decodeURIComponent)).toEqual(["base", ...expected.segments]);
  expect([...new URLSearchParams(query)].toSorted()).toEqual(expected.query.toSorted());
  const { text } = stream.sentUpstream;
  if (expected.body === undefined) expect(text).toBe("");
  else if (!expected.isForm) expect(JSON.parse(text)).toEqual(expected.body);
  else {
    const fields = Object.entries(expected.body).map(([name, value]) => [name, String(value)]);
    expect([...new URLSearchParams(text)].toSorted()).toEqual(fields.toSorted());
  }
}

test.each(versions)(
  "a call becomes the request that the document asks for: %s",
  async (version) => {
    const random = seededRandom(`openapi ${version}`);
    for (let round = 0; round < 20; round++) {
      const { document, expectations } = generateApi(random, version);
      const text = round % 2 ? JSON.stringify(document) : stringify(document);
      try {
        const { plugin, tools } = (await imported(text))!;
        expect(tools).toHaveLength(expectations.length);
        for (const expected of expectations) {
          const tool = tools.find(({ name }) => name === expected.operationId)!;
          expectRequest(call(plugin, tool["name"], named(expected, tool)), expected);
        }
      } catch (cause) {
        throw new Error(`Round ${round}: ${JSON.stringify(document)}`, { cause });
      }
    }
  },
  120_000,
);

const folder = join(import.meta.dirname, "../control/src/openapi/testdata");
const published = readdirSync(folder)
  .filter(
    (file) => /^[^.]+(\d\.\d)?\.(yaml|json)$/.test(file) && !file.includes(".servers.") && file !== "references.yaml",
  )
  .map((file) => parse(readFileSync(join(folder, file), "utf8")) as object);

test("damaged documents are told about, and what is made of them leads to the API alone", async () => {
  const random = seededRandom("openapi damage");
  let made = 0;
  for (let round = 0; round < 100; round++) {
    const whole = round % 3 ? random.of(published) : generateApi(random, random.of(versions)).document;
    const text = JSON.stringify(damagedDocument(whole, random));
    try {
      const result = await imported(text);
      if (!result) continue;
      made++;
      for (const tool of result.tools) {
        const names = Object.keys(tool["inputSchema"].properties ?? {});
        const stream = call(result.plugin, tool["name"], Object.fromEntries(names.map((name) => [name, "../x"])));
        const sent = Object.fromEntries(stream.sentUpstream.headers ?? []) as Record<string, string>;
        if (!stream.sentUpstream.ended) continue;
        expect(sent[":authority"]).toMatch(/^[\w.-]+(:\d+)?$/);
        expect(sent[":path"]!.split("?")[0]!.split("/")).not.toContain("..");
      }
    } catch (cause) {
      throw new Error(`Round ${round}: ${text}`, { cause });
    }
  }
  // Most damage is local.
  expect(made).toBeGreaterThan(30);
}, 180_000);
