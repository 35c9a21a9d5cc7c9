// A file with the objects of a cluster: who has a name, who may refer to whom, and that nobody costs a neighbour.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ObjectEntry } from "../model/object-entry.ts";
import { parseConfig } from "./load-config.ts";

const file = "kubernetes: {}\n";

function entry(kind: ObjectEntry["kind"], place: string, spec: object, more: Partial<ObjectEntry> = {}): ObjectEntry {
  const [namespace = "", name = ""] = place.split("/");
  const rest = { isTrusted: false, isAttachedOnly: false, isImplied: false, secrets: {}, granted: [] };
  return { kind, namespace, name, spec: spec as Record<string, unknown>, ...rest, ...more };
}

const provider = (place: string, more: Partial<ObjectEntry> = {}): ObjectEntry => {
  return entry("Provider", place, { type: "vllm", baseUrl: "http://127.0.0.1:8000/v1" }, more);
};
const route = (place: string, to: string, more: object = {}): ObjectEntry => {
  return entry("AIRoute", place, { targets: [{ provider: to }], ...more });
};

function read(objects: ObjectEntry[], text = file, env: Record<string, string> = {}) {
  const { model, problems, findings } = parseConfig(text, "weir.yaml", { env, baseDir: "/nowhere", objects });
  const told = Object.fromEntries(
    [...findings].map(([key, found]) => [key, found.map((one) => `${one.reason} ${one.path}: ${one.message}`)]),
  );
  return { model, problems, told };
}

test("objects are what the file's entries are", () => {
  const { model, problems, told } = read([provider("a/local"), route("a/chat", "local")]);
  expect(told).toEqual({});
  expect(problems).toEqual([]);
  expect(model?.targets.map(({ name }) => name)).toEqual(["local"]);
  expect(model?.routes.map(({ name }) => name)).toEqual(["chat"]);
});

test("a route of the file may lead to a provider that is an object", () => {
  const text = `${file}providers: []\nroutes:\n  - { name: own, targets: [{ provider: local }] }\n`;
  const { model, problems } = read([provider("a/local")], text);
  expect(problems).toEqual([]);
  expect(model?.routes.map(({ name }) => name)).toEqual(["own"]);
});

test("the older of two has the name, and the file before both", () => {
  const text = `${file}providers:\n  - { name: local, type: vllm, baseUrl: "http://127.0.0.1:1/v1" }\n`;
  const objects = [provider("a/local"), provider("a/two"), provider("b/two"), route("a/chat", "local")];
  const { model, told } = read(objects, `${text}routes: []\n`);
  expect(model?.targets.map(({ name, port }) => [name, port])).toEqual([
    ["local", 1],
    ["two", 8000],
  ]);
  expect(told["Provider a/local"]).toEqual([
    "Conflicted spec: The name local is taken already, by the configuration file",
  ]);
  expect(told["Provider b/two"]).toEqual([
    "Conflicted spec: The name two is taken already, by Provider a/two, which is older",
  ]);
});

test("a provider names the registry of its own namespace, and another's where it is granted", () => {
  const registry = entry("Registry", "ops/main", { type: "consul", url: "http://consul:8500" });
  const service = { registry: "main", name: "llama" };
  const spec = { type: "vllm", baseUrl: "http://llama/v1", service };
  const own = entry("Provider", "ops/own", spec);
  const other = entry("Provider", "search/other", spec);
  const granted = entry("Provider", "ai/granted", spec, {
    granted: [{ kind: "Registry", namespace: "ops", name: "main" }],
  });
  const { model, told } = read([registry, own, other, granted, route("ops/chat", "own")]);
  expect(model?.registries?.map(({ name }) => name)).toEqual(["main"]);
  expect(model?.targets.map(({ name }) => name)).toEqual(["own", "granted"]);
  expect(told).toMatchObject({ "Provider search/other": [expect.stringMatching(/^RefNotPermitted spec\.service/)] });
});

test("an object has its authorities from a Secret", () => {
  const pem = readFileSync(join(import.meta.dirname, "testdata", "authority.pem"), "utf8");
  const tls = { ca: "${secret:gpu-ca/ca.crt}" };
  const spec = { type: "vllm", baseUrl: "https://gpu.internal/v1", tls };
  const own = entry("Provider", "a/own", spec, { secrets: { "gpu-ca/ca.crt": { text: pem } } });
  const { model, told } = read([own, route("a/chat", "own")]);
  expect(told).toEqual({});
  expect(model?.targets[0]?.tls).toEqual({ sni: "gpu.internal", caFile: null, ca: pem });
});

test("order comes before age, and the file before both", () => {
  const text = `${file}providers: []\nroutes:\n  - { name: own, targets: [{ provider: local }] }\n`;
  const objects = [provider("a/local"), route("a/old", "local"), route("a/new", "local", { order: -1 })];
  expect(read(objects, text).model?.routes.map(({ name }) => name)).toEqual(["own", "new", "old"]);
});

test("another namespace has to grant a reference", () => {
  const objects = [provider("a/local"), route("b/chat", "local")];
  const { model, told } = read(objects);
  expect(model?.routes).toEqual([]);
  expect(told["AIRoute b/chat"]).toEqual([
    "RefNotPermitted spec.targets[0].provider: No ReferenceGrant lets it refer to Provider a/local",
  ]);
  const granted = [{ kind: "Provider", namespace: "a", name: "local" }];
  const other = read([provider("a/local"), { ...objects[1]!, granted }]);
  expect(other.told).toEqual({});
  expect(other.model?.routes.map(({ name }) => name)).toEqual(["chat"]);
});

test("variables and files are the trusted namespace's alone", () => {
  const spec = { type: "openai", apiKey: "${KEY}" };
  const env = { KEY: "sk-from-the-environment" };
  expect(read([entry("Provider", "a/main", spec)], file, env).told["Provider a/main"]).toEqual([
    "NotPermitted spec.apiKey: Variables and files are the gateway's own",
  ]);
  const withDefault = { ...spec, apiKey: "${OTHER:-x}${secret:a/b}" };
  expect(read([entry("Provider", "a/main", withDefault)]).told["Provider a/main"]?.[0]).toContain("NotPermitted");
  const files = { type: "vllm", baseUrl: "https://a.test/v1", tls: { caFile: "/etc/passwd" } };
  expect(read([entry("Provider", "a/main", files)]).told["Provider a/main"]?.[0]).toContain("Files are the gateway's");
  const { model, told } = read([entry("Provider", "a/main", spec, { isTrusted: true })], file, env);
  expect(told).toEqual({});
  expect(JSON.stringify(model)).not.toContain("sk-from");
});

test("secrets are put in, and one that is missing is told without its neighbours' harm", () => {
  const secrets = {
    "openai/key": { text: "sk-of-a-secret\n" },
    "none/key": { problem: "There is no Secret a/none", fix: "Create it" },
  };
  const good = entry("Provider", "a/good", { type: "openai", apiKey: "${secret:openai/key}" }, { secrets });
  const bad = entry("Provider", "a/bad", { type: "openai", apiKey: "${secret:none/key}" }, { secrets });
  const { model, told } = read([good, bad, route("a/chat", "good")]);
  const credential = model?.targets.find(({ name }) => name === "good")?.credential;
  expect(credential?.kind === "header" && credential.secret.reveal()).toBe("sk-of-a-secret");
  expect(told).toEqual({ "Provider a/bad": ["Invalid spec.apiKey: There is no Secret a/none"] });
});

test("what would take the whole file down falls by itself", () => {
  const limit = (name: string, value: number): ObjectEntry =>
    entry("Limit", `a/${name}`, { windows: [{ unit: "requests", limit: value, per: "minute" }] });
  const objects = [provider("a/local"), route("a/chat", "local"), limit("odd", 1.5), limit("even", 2)];
  const { model, told } = read([...objects, entry("Budget", "a/lone", { limit: 5, per: "day" })]);
  expect(model?.limits.map(({ name }) => name)).toEqual(["even"]);
  expect(model?.routes.map(({ name }) => name)).toEqual(["chat"]);
  expect(told).toEqual({
    "Limit a/odd": ["Invalid spec.windows[0].limit: limit is not a whole number"],
    "Budget a/lone": ["Invalid spec: Without a ledger nobody knows what is spent"],
  });
});

test("whole sections are the trusted namespace's, the file's before the oldest object's", () => {
  const settings = (place: string, isTrusted: boolean): ObjectEntry =>
    entry("GatewaySettings", place, { port: 9000 }, { isTrusted });
  const one = read([settings("a/other", false), settings("weir/first", true), settings("weir/second", true)]);
  expect(one.model?.gateway.port).toBe(9000);
  expect(one.told).toEqual({
    "GatewaySettings a/other": ["NotPermitted spec: A GatewaySettings counts in the namespace that Weir runs in alone"],
    "GatewaySettings weir/second": ["Conflicted spec: GatewaySettings weir/first is older, and counts"],
  });
  const two = read([settings("weir/first", true)], `gateway: { port: 7000 }\n${file}`);
  expect(two.model?.gateway.port).toBe(7000);
});

test("what the API server fills in is nobody's writing", () => {
  const filled = { balance: "weighted", match: { pathPrefix: "/v1", hosts: [] }, fallbacks: [], models: ["*"] };
  expect(read([provider("a/local"), route("a/chat", "local", filled)]).told).toEqual({});
});

test("a mistake of the file is told its author, and objects are served", () => {
  const text = `${file}providers:\n  - { name: bad, type: nothing }\nroutes: []\n`;
  const { model, problems, told } = read([provider("a/local"), route("a/chat", "local")], text);
  expect(problems.map(({ path }) => path)).toEqual(["providers[0].type"]);
  expect(model?.routes.map(({ name }) => name)).toEqual(["chat"]);
  expect(told).toEqual({});
});

test("two objects that say the same key are told by name, not by line", () => {
  const consumer = (name: string): ObjectEntry =>
    entry("Consumer", `a/${name}`, { keys: [{ name: "k", sha256: "a".repeat(64) }] });
  const { told } = read([provider("a/local"), route("a/chat", "local"), consumer("first"), consumer("second")]);
  expect(told).toEqual({
    "Consumer a/second": ["Invalid spec.keys[0]: This is the same key as the one at Consumer a/first"],
  });
});
