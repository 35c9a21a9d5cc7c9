import { describe, expect, it } from "vitest";
import { parseConfig } from "../config/load-config.ts";
import type { Model } from "../model/model.ts";
import { curlLine, welcome } from "./welcome.ts";
import type { Weir } from "./weir.ts";

function model(routes: string): Model {
  const text = `providers:
  - { name: a, type: openai, apiKey: k, modelMapping: { "alias": real, "x-*": y } }
  - { name: b, type: simulated }
routes:
${routes}`;
  const { model, problems } = parseConfig(text, "weir.yaml", { env: {} });
  if (!model) throw new Error(JSON.stringify(problems));
  return model;
}

function modelOf(routes: string): unknown {
  const body = /-d '(.*)'$/.exec(curlLine(model(routes), "http://g") ?? "")?.[1];
  return (JSON.parse(body ?? "null") as { model: unknown }).model;
}

describe("curlLine()", () => {
  it("names the route's path and a model that it serves", () => {
    const line = curlLine(
      model("  - { name: r, match: { pathPrefix: /ai/v1 }, targets: [{ provider: b }] }"),
      "http://g",
    );
    expect(line).toMatch(/^curl http:\/\/g\/ai\/v1\/chat\/completions -H 'content-type: application\/json' -d '\{/);
  });

  it("has a place for the key where one is needed", () => {
    const line = (auth: string) =>
      curlLine(model(`  - { name: r, auth: ${auth}, targets: [{ provider: b }] }\nconsumers: []`), "http://g");
    expect(line("key")).toContain(`-H "authorization: Bearer $KEY" `);
    expect(line("none")).not.toContain("KEY");
  });

  it.each([
    ["a listed model", '{ name: r, listedModels: [shown], models: ["*"], targets: [{ provider: a }] }', "shown"],
    ["an exact model", '{ name: r, models: ["gpt-*", o3], targets: [{ provider: b }] }', "o3"],
    ["a mapped model", '{ name: r, models: ["*"], targets: [{ provider: a }] }', "alias"],
    ["something under the prefix", '{ name: r, models: ["gpt-*"], targets: [{ provider: b }] }', "gpt-"],
  ])("takes %s", (_, route, expected) => expect(modelOf(`  - ${route}`)).toBe(expected));

  it("passes over a route that needs a special host or header", () => {
    const special = `  - { name: h, match: { hosts: [a.example] }, models: [first], targets: [{ provider: b }] }
  - { name: x, match: { headers: { x-team: s } }, models: [second], targets: [{ provider: b }] }`;
    expect(curlLine(model(special), "http://g")).toBeNull();
    expect(modelOf(`${special}\n  - { name: p, models: [third], targets: [{ provider: b }] }`)).toBe("third");
  });

  it("is safe to paste, whatever a model is called", () => {
    const line = curlLine(model(`  - { name: r, models: ["it's $(x)"], targets: [{ provider: b }] }`), "http://g");
    expect(line).toContain(`it'\\''s $(x)`);
  });
});

describe("welcome()", () => {
  it("names MCP servers, and those that cannot serve", () => {
    const text = `mcpServers:
  - { name: one, tools: [{ name: t, responseTemplate: { body: x } }] }
  - { name: two, tols: [], tools: [] }`;
    const { model } = parseConfig(text, "weir.yaml", { env: {} });
    const market = { status: () => ({ url: "http://m/v0.1/servers", entries: 2 }) };
    const weir: Partial<Weir> = {
      model: model!,
      gatewayUrl: "http://g",
      controlUrl: "http://c",
      envoyVersion: "1.40.0",
      market,
    };
    const said = welcome(weir as Weir, {
      configFile: "weir.yaml",
      watching: false,
      xds: null,
      paint: (_, text) => text,
    });
    expect(said).toContain("  /mcp/one  1 tool for agents (MCP)\n");
    expect(said).toContain("  /mcp/two  serves nothing: its configuration has errors\n");
    expect(said).toContain("  market         http://m/v0.1/servers\n");
    expect(said).not.toContain("curl");
  });
});
