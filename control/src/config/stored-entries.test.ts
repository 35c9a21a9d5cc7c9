// What is stored beside the file: each entry by itself, with the file's checks, and without references.
import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { parseConfig } from "./load-config.ts";
import { addStored, type Section, type StoredEntry } from "./stored-entries.ts";

const hash = (digit: string): string => digit.repeat(64);

function modelOf(more = ""): Model {
  const text = `
providers: [{ name: openai, type: openai, apiKey: "\${KEY}" }]
routes: [{ name: chat, targets: [{ provider: openai }] }]
${more}`;
  return parseConfig(text, "weir.yaml", { env: { KEY: "sk-fake" } }).model!;
}

const withConsumers = `
ledger: {}
consumers: [{ name: search, models: [gpt-4.1], keys: [{ name: ci, sha256: "${hash("0")}" }] }]`;

const entry = (section: Section, body: Record<string, unknown>): StoredEntry => ({
  section,
  name: section === "keys" ? `${String(body["consumer"])}/${String(body["name"])}` : String(body["name"]),
  body,
});

function add(model: Model, ...entries: StoredEntry[]) {
  const { model: merged, problems } = addStored(model, entries);
  const keys = merged.auth?.consumers.flatMap(({ name, keys }) => keys.map((key) => `${name}/${key.name}`));
  return { merged, keys, said: problems.map(({ file, path, message }) => `${file} ${path} ${message}`) };
}

test("a bad entry takes down none of its neighbours", () => {
  const { merged, keys, said } = add(
    modelOf(withConsumers),
    entry("keys", { name: "one", consumer: "ads", sha256: hash("1") }),
    entry("keys", { name: "bad", consumer: "ads", sha256: "nonsense" }),
    entry("keys", { name: "lost", consumer: "nobody", sha256: hash("2") }),
    entry("keys", { name: "ci", consumer: "search", sha256: hash("3") }),
    entry("keys", { name: "twin", consumer: "search", sha256: hash("0") }),
    entry("keys", { name: "two", consumer: "search", sha256: hash("4") }),
    entry("consumers", { name: "ads", routes: ["caht"] }),
    entry("consumers", { name: "search" }),
    entry("limits", { name: "bad", windows: [] }),
    entry("limits", { name: "good", windows: [{ unit: "requests", limit: 1, per: "day" }] }),
    entry("budgets", { name: "bad", limit: 0, per: "day" }),
    entry("budgets", { name: "good", limit: 1, per: "day" }),
  );
  expect(keys).toEqual(["search/ci", "search/two", "ads/one"]);
  expect(merged.limits.map(({ name }) => name)).toEqual(["good"]);
  expect(merged.budgets.map(({ name }) => name)).toEqual(["good"]);
  expect(merged.auth!.consumers[0]!.keys[1]!.models).toEqual(["gpt-4.1"]);
  expect(said).toEqual([
    "admin: consumers/ads consumers[0].routes[0] There is no route of this name",
    "admin: consumers/search consumers[0].name The name is already taken",
    "admin: keys/ads/bad keys[0].sha256 sha256 is not a SHA-256 in hex",
    "admin: keys/nobody/lost keys[0].consumer There is no consumer of this name",
    "admin: keys/search/ci keys[0].name The name is already taken",
    "admin: keys/search/twin keys[0].sha256 Another key is the same",
    "admin: limits/bad limits[0].windows windows is an empty list",
    "admin: budgets/bad budgets[0].limit limit must be more than 0",
  ]);
});

test("a key that was replaced is good for its time, under the same name", () => {
  const retired = [{ sha256: hash("2"), until: "2100-01-01T00:00:00Z" }];
  const given = { name: "new", consumer: "search", sha256: hash("1"), disabled: true, retired };
  const { merged } = add(modelOf(withConsumers), entry("keys", given));
  expect(merged.auth!.consumers[0]!.keys.slice(1)).toMatchObject([
    { name: "new", sha256: hash("1"), expiresMs: null, disabled: true },
    { name: "new", sha256: hash("2"), expiresMs: Date.UTC(2100, 0), disabled: true },
  ]);
});

test("an open gateway is not closed by a key, which is told", () => {
  const { merged, said } = add(modelOf(), entry("consumers", { name: "ads" }));
  expect(merged.auth).toBeNull();
  expect(said).toEqual([
    "admin: consumers/ads consumers[0] The gateway is open to everybody, so nobody is asked for a key",
  ]);
});

test("nothing reads the environment or a file", () => {
  const { merged } = add(
    modelOf(withConsumers),
    entry("consumers", { name: "ads", team: "${KEY} ${file:/etc/passwd}" }),
  );
  expect(merged.auth!.consumers[1]!.team).toBe("${KEY} ${file:/etc/passwd}");
});

test.each([{ key: "wk-in-clear" }, { hmac: { keyId: "a", secret: "b" } }])("no secret is stored: %o", (secret) => {
  const { keys, said } = add(modelOf(withConsumers), entry("keys", { name: "x", consumer: "search", ...secret }));
  expect(keys).toEqual(["search/ci"]);
  expect(said.join()).toContain("There is no field");
  expect(said.join()).not.toContain("wk-in-clear");
});

test("one that names a cheaper model has every request read, if somebody serves that model", () => {
  const windows = [{ unit: "requests", limit: 1, per: "day" }];
  const limit = (name: string, model: string): StoredEntry =>
    entry("limits", { name, windows, match: { model: "gpt-4.1" }, onExceeded: { model } });
  const direct = modelOf(withConsumers);
  expect(direct.routes.map(({ isRead }) => isRead)).toEqual([false]);
  const { merged, said } = add(direct, limit("moves", "gpt-4.1-mini"), limit("there", "gpt-4.1"));
  expect(merged.routes.map(({ isRead }) => isRead)).toEqual([true]);
  expect(merged.limits.map(({ name, cheaperModel }) => [name, cheaperModel])).toEqual([
    ["moves", "gpt-4.1-mini"],
    ["there", null],
  ]);
  expect(said).toEqual(["admin: limits/there limits[0].onExceeded.model It is the model that is too much already"]);
  const budget = entry("budgets", { name: "teams", limit: 1, per: "day", onExceeded: { model: "o3" } });
  expect(add(direct, budget).merged).toMatchObject({ budgets: [{ cheaperModel: "o3" }], routes: [{ isRead: true }] });
});
