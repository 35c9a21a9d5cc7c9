// What translation promises beyond single golden cases: what stays the same when something else changes, which
// secrets appear where, and which route a host gets.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Model, Route } from "../model/model.ts";
import { plainRoute } from "../model/test/plain.ts";
import { environmentNames } from "./credential-environment.ts";
import { routesByDomain } from "./host-domains.ts";
import type { TranslateOptions } from "./options.ts";
import { typeUrls } from "./resources.ts";
import { translateStatic } from "./static.ts";
import { readCase, secretMarker } from "./test/golden-case.ts";
import { translate } from "./translate.ts";

const options: TranslateOptions = {
  reveal: (secret) => secret.reveal(),
  plugins: {
    "ai-proxy": { kind: "local", path: "/a.wasm" },
    "ai-fallback": { kind: "local", path: "/m.wasm" },
    budget: { kind: "local", path: "/b.wasm" },
    "key-auth": { kind: "local", path: "/k.wasm" },
    "token-ratelimit": { kind: "local", path: "/t.wasm" },
    recorder: { kind: "local", path: "/r.wasm" },
    "mcp-bridge": { kind: "local", path: "/m.wasm" },
  },
};

function caseModel(name: string): Model {
  return readCase(readFileSync(join(import.meta.dirname, "testdata", `${name}.model.yaml`), "utf8"));
}

describe("a change of what plugins are told", () => {
  const model = caseModel("secrets");
  const [azure] = model.targets;
  if (!azure) throw new Error("The case has a target");
  const changes: [what: string, target: Partial<typeof azure>][] = [
    ["a credential", { credential: null }],
    ["a header", { headers: [] }],
    ["a model mapping", { modelMapping: [{ match: "any", pattern: "", model: "other" }] }],
    ["a quirk", { quirks: [] }],
    ["a path", { basePath: "/other", paths: {} }],
    ["the authority", { authority: "other.test" }],
  ];

  test.each(changes)("leaves everything but the plugin's own resource as it was: %s", (_, change) => {
    const before = translate(model, options);
    const after = translate({ ...model, targets: [{ ...azure, ...change }] }, options);
    for (const kind of ["listener", "cluster", "route"] as const) {
      expect(JSON.stringify(after[typeUrls[kind]])).toBe(JSON.stringify(before[typeUrls[kind]]));
    }
    expect(after[typeUrls.extension]).not.toEqual(before[typeUrls.extension]);
  });

  test("new plugin code leaves them as they were", () => {
    const plugins = { ...options.plugins, "ai-proxy": { kind: "inline", bytes: new Uint8Array([0, 97]) } } as const;
    const after = translate(model, { ...options, plugins });
    expect(after[typeUrls.cluster]).toEqual(translate(model, options)[typeUrls.cluster]);
    expect(JSON.stringify(after[typeUrls.extension])).toContain("AGE=");
  });
});

describe("a plugin that no route runs", () => {
  const extensionOf = (model: Model, name: string) =>
    JSON.stringify(translate(model, options)[typeUrls.extension]?.find((one) => one.name === name));

  test.each([
    ["weir.key-auth", "/k.wasm", "{ auth: {}, routes: [] }"],
    ["weir.budget", "/b.wasm", "{ routes: [], budgets: [{ soft: false }] }"],
    ["weir.ai-fallback", "/m.wasm", "{ routes: [{ name: r, target: a, lastResort: Sorry }] }"],
  ])("is not loaded, and what stands for it refuses: %s", (name, path, needing) => {
    const idle = readCase("{ routes: [{ name: r, target: a }] }");
    expect(extensionOf(readCase(needing), name)).toContain(path);
    expect(extensionOf({ ...idle, previous: readCase(needing) }, name)).toContain(path);
    expect(extensionOf(idle, name)).toMatch(/rbac.*"rules":{"action":"ALLOW"}/);
  });

  test("leaves the listener as it is", () => {
    const [idle, needing] = ["{ routes: [] }", "{ auth: {}, routes: [] }"].map((text) =>
      translate(readCase(text), options),
    );
    expect(needing?.[typeUrls.listener]).toEqual(idle?.[typeUrls.listener]);
  });
});

describe("secrets", () => {
  const model = caseModel("secrets");

  test("are in the plugin's configuration and nowhere else", () => {
    const { [typeUrls.extension]: extensions, ...others } = translate(model, options);
    expect(JSON.stringify(extensions)).toContain(secretMarker);
    expect(JSON.stringify(others)).not.toContain(secretMarker);
  });

  test("come from Envoy's environment in the static form", () => {
    const text = JSON.stringify(translateStatic(model, options));
    expect(text).not.toContain(secretMarker);
    expect(environmentNames(model)).toEqual(["TEAM_TOKEN", "WEIR_AZURE_KEY", "WEIR_AZURE_X_TENANT"]);
    for (const name of environmentNames(model)) expect(text).toContain(name);
  });

  test("of MCP servers come from there too, wherever they stand", () => {
    const servers = caseModel("mcp");
    const text = JSON.stringify(translateStatic(servers, options));
    expect(text).not.toContain(secretMarker);
    const names = ["API_KEY", "WEIR_MCP_WEATHER_SECURITYSCHEMES_0_DEFAULTCREDENTIAL"];
    expect(environmentNames(servers)).toEqual(expect.arrayContaining(names));
    for (const name of names) expect(text).toContain(`{\\"$env\\":\\"${name}\\"}`);
    expect(JSON.stringify(translate(servers, options)[typeUrls.extension])).toContain(secretMarker);
  });

  test("are those of callers too, for the plugin that needs them", () => {
    const signed = caseModel("hmac");
    expect(JSON.stringify(translate(signed, options))).toContain(secretMarker);
    const text = JSON.stringify(translateStatic(signed, options));
    expect(text).not.toContain(secretMarker);
    expect(environmentNames(signed)).toEqual(["SEARCH_SECRET", "WEIR_CONSUMER_SEARCH__FILED_SECRET"]);
    expect(text.match(/"host_env_keys":\[[^\]]*\]/g)).toEqual([
      '"host_env_keys":["SEARCH_SECRET","WEIR_CONSUMER_SEARCH__FILED_SECRET"]',
    ]);
  });

  test("are written into the static form when that is asked for", () => {
    const text = JSON.stringify(translateStatic(model, { ...options, credentials: "inline" }));
    expect(text).toContain(secretMarker);
    expect(text).not.toContain("host_env_keys");
  });
});

test("the static form refers to nothing outside itself", () => {
  const text = JSON.stringify(translateStatic(caseModel("model-routing"), options));
  expect(text).not.toMatch(/"(ads|rds|config_discovery)"/);
});

describe("routesByDomain()", () => {
  function route(name: string, ...hosts: string[]): Route {
    return { ...plainRoute(name, "t"), hosts };
  }

  function names(...routes: Route[]): Record<string, string[]> {
    return Object.fromEntries(routesByDomain(routes).map(({ domain, routes }) => [domain, routes.map((r) => r.name)]));
  }

  test("gives a host the routes of every pattern that covers it, in order", () => {
    expect(
      names(route("any"), route("wild", "*.a.test"), route("deep", "*.x.a.test"), route("one", "y.x.a.test")),
    ).toEqual({
      "*.a.test": ["any", "wild"],
      "*.x.a.test": ["any", "wild", "deep"],
      "y.x.a.test": ["any", "wild", "deep", "one"],
      "*": ["any"],
    });
  });

  test("a wildcard does not cover the name under it, nor one that only ends alike", () => {
    expect(names(route("wild", "*.a.test"), route("bare", "a.test"), route("alike", "ba.test"))).toEqual({
      "*.a.test": ["wild"],
      "a.test": ["bare"],
      "ba.test": ["alike"],
      "*": [],
    });
  });

  test("goes by names without regard to case, and takes * as every host", () => {
    expect(names(route("upper", "A.test"), route("lower", "a.test"), route("star", "*"))).toEqual({
      "a.test": ["upper", "lower", "star"],
      "*": ["star"],
    });
  });
});

describe("servers of a registry's services", () => {
  const model = caseModel("registries");
  const endpoints = (translate(model, options)[typeUrls.endpoints] ?? []).map(({ resource }) => resource);
  const placesIn = (cluster: string): unknown[] => {
    const found = endpoints.find(({ cluster_name }) => String(cluster_name).startsWith(`${cluster}.`));
    return (found?.["endpoints"] ?? []) as unknown[];
  };
  const deadEnd = { priority: 1, lb_endpoints: [expect.anything()] };

  test("are told by themselves, with their zones and weights", () => {
    expect(placesIn("known")).toEqual([
      { locality: { zone: "a" }, lb_endpoints: [expect.objectContaining({ load_balancing_weight: 1000 })] },
      { locality: { zone: "b" }, lb_endpoints: [expect.objectContaining({ load_balancing_weight: 500 })] },
      deadEnd,
    ]);
  });

  test("that nobody knows yet leave the dead end, so that the next target is tried", () => {
    expect(placesIn("unknown")).toEqual([{ lb_endpoints: [] }, deadEnd]);
  });

  test("with names, and those that the configuration has, are in the cluster", () => {
    expect(endpoints.length).toBe(2);
  });

  test("change no cluster when they come and go", () => {
    const [known, ...others] = model.targets;
    const service = { ...known!.service!, at: { kind: "addresses" as const, addresses: [] } };
    const changed = translate({ ...model, targets: [{ ...known!, service }, ...others] }, options);
    expect(changed[typeUrls.cluster]).toEqual(translate(model, options)[typeUrls.cluster]);
    expect(changed[typeUrls.endpoints]).not.toEqual(translate(model, options)[typeUrls.endpoints]);
  });
});
