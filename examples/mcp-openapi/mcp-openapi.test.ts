// The example as its README tells it: the configuration is what the import prints, and the client gets the API's answer
// through a real Envoy. A stand-in for the API answers here.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { importOpenApi } from "../../control/src/openapi/import-openapi.ts";
import { gatewayBlock } from "../../e2e/configurations.ts";
import { startGateway } from "../../e2e/gateway.ts";

const folder = import.meta.dirname;
const document = join(folder, "openapi.yaml");
const configuration = readFileSync(join(folder, "weir.yaml"), "utf8");

test("the configuration is what the import prints", async () => {
  const options = { server: null, variables: {}, security: null, operations: [], excluded: [], prefix: "" };
  const { entry, problems } = await importOpenApi(readFileSync(document, "utf8"), document, {
    ...options,
    name: "rates",
    tags: ["rates"],
    skipsDeprecated: false,
    hasOutputSchemas: true,
  });
  expect(problems).toEqual([]);
  expect(parse(configuration).mcpServers).toEqual([entry]);
});

// The plugins may have to be built first.
test("a client calls a tool", { timeout: 120_000 }, async () => {
  const asked: string[] = [];
  const api = createServer(({ method, url }, response) => {
    asked.push(`${method} ${url}`);
    response.writeHead(200, { "content-type": "application/json" });
    response.end('{"amount":1,"base":"EUR","date":"2026-11-24","rates":{"JPY":171.2,"USD":1.09}}');
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const { port } = api.address() as AddressInfo;
  const [, servers = ""] = configuration.split("\nmcpServers:");
  const local = servers.replace("https://api.frankfurter.dev", `http://127.0.0.1:${port}`);
  const gateway = await startGateway(`${gatewayBlock}\nmcpServers:${local}`);
  try {
    const url = `${gateway.url}/mcp/rates`;
    const script = join(folder, "call.ts");
    const { stdout } = await promisify(execFile)(process.execPath, [script, url, "EUR", "USD", "JPY"]);
    expect(stdout.split("\n")).toEqual([
      "latestRates: The latest exchange rates",
      "ratesOf: The exchange rates of a day",
      '{"amount":1,"base":"EUR","date":"2026-11-24","rates":{"JPY":171.2,"USD":1.09}}',
      "",
    ]);
    expect(asked).toEqual(["GET /v1/latest?symbols=USD,JPY&base=EUR"]);
  } finally {
    await gateway.stop();
    api.close();
  }
});
