import { expect, test } from "vitest";
import type { Model, Target } from "../model/model.ts";
import { clusterName } from "./cluster-name.ts";
import { readCase } from "./test/golden-case.ts";
import { translateRoutes } from "./routes.ts";
import { transition } from "./transition.ts";

const { gateway, names } = readCase("{ targets: [], routes: [] }");

function target(name: string, host = "10.0.0.1"): Target {
  return { ...readCase("{ targets: [{}], routes: [] }").targets[0]!, name, host, port: 80, authority: host };
}

function model(...targets: Target[]): Model {
  return {
    gateway,
    auth: null,
    targets,
    routes: [],
    names,
    limits: [],
    lastResorts: [],
    models: [],
    budgets: [],
    webhooks: [],
    ledger: null,
    admin: null,
  };
}

/** The hosts of each step's targets. */
function steps(previous: Model | null, next: Model): string[][] {
  return transition(previous, next).map(({ targets }) => targets.map(({ name, host }) => `${name} ${host}`));
}

test("the first model is published as it is", () => {
  expect(steps(null, model(target("a")))).toEqual([["a 10.0.0.1"]]);
});

test("a change that neither adds nor removes a cluster is one step", () => {
  const changed = { ...target("a"), quirks: ["q"], credential: null };
  expect(steps(model(target("a")), model(changed))).toHaveLength(1);
});

test("targets are added before the switch and removed after it", () => {
  expect(steps(model(target("a"), target("b")), model(target("b"), target("c")))).toEqual([
    ["a 10.0.0.1", "b 10.0.0.1", "c 10.0.0.1"],
    ["b 10.0.0.1", "c 10.0.0.1", "a 10.0.0.1"],
    ["b 10.0.0.1", "c 10.0.0.1"],
  ]);
});

test("a target that moves is another cluster; the target in force comes first in each step", () => {
  expect(steps(model(target("a", "10.0.0.1")), model(target("a", "10.0.0.2")))).toEqual([
    ["a 10.0.0.1", "a 10.0.0.2"],
    ["a 10.0.0.2", "a 10.0.0.1"],
    ["a 10.0.0.2"],
  ]);
});

test("where MCP servers' tools lead is added before the switch and removed after it", () => {
  const upstream = (host: string) => ({ origin: `http://${host}`, host, port: 80, tls: null, authority: host });
  const withTools = (...hosts: string[]): Model => ({
    ...model(target("a")),
    mcp: { servers: [], upstreams: hosts.map(upstream) },
  });
  const hosts = (previous: Model, next: Model) =>
    transition(previous, next).map(({ mcp }) => mcp?.upstreams.map(({ host }) => host) ?? []);
  expect(hosts(model(target("a")), withTools("x.test"))).toEqual([["x.test"], ["x.test"]]);
  expect(hosts(withTools("x.test"), withTools("y.test"))).toEqual([
    ["x.test", "y.test"],
    ["y.test", "x.test"],
    ["y.test"],
  ]);
  expect(hosts(withTools("x.test"), model(target("a")))).toEqual([["x.test"], []]);
});

test("a cluster's name holds the target's and changes with its address alone", () => {
  const one = target("openai");
  expect(clusterName(one)).toMatch(/^openai\.[0-9a-f]{8}$/);
  expect(clusterName({ ...one, authority: "x", quirks: ["y"], basePath: "/z" })).toBe(clusterName(one));
  const others = [
    { port: 81 },
    { host: "10.0.0.2" },
    { tls: { sni: "x", caFile: null } },
    { tls: { sni: "x", caFile: "y" } },
  ];
  const names = others.map((change) => clusterName({ ...one, ...change }));
  expect(new Set([clusterName(one), ...names]).size).toBe(5);
});

test("a plugin that is needed no more stays until no route leads to it", () => {
  const open = readCase("{ routes: [] }");
  const closed = readCase("{ auth: {}, routes: [] }");
  const planned = readCase("{ routes: [{ name: r, target: a, lastResort: Sorry }] }");
  const kept = (before: Model, next: Model) => transition(before, next).map(({ previous }) => previous);
  expect(kept(closed, open)).toEqual([closed, undefined]);
  expect(kept(planned, open).at(-2)).toEqual(planned);
  expect(kept(open, closed)).toEqual([undefined]);
  expect(kept(closed, closed)).toEqual([undefined]);
});

test("what was in force a while ago is kept behind the change, the newest target of each cluster", () => {
  const [one, two, three] = [target("a", "10.0.0.1"), target("a", "10.0.0.2"), target("a", "10.0.0.3")];
  const older = { ...model({ ...one, quirks: ["older"] }), lastResorts: ["Sorry"] };
  const stages = transition(model(two, one), model(three), [model(two), model(one), older]);
  expect(stages.map(({ targets }) => targets.map(({ host }) => host))).toEqual([
    ["10.0.0.2", "10.0.0.1", "10.0.0.3"],
    ["10.0.0.3", "10.0.0.2", "10.0.0.1"],
  ]);
  expect(stages.at(-1)).toMatchObject({ lastResorts: ["Sorry"], targets: [{}, {}, { quirks: [] }] });
});

test("where routes differ, the table has those to come before plugins speak of them", () => {
  const before = readCase("{ targets: [{ name: a }], routes: [{ name: r, target: a, models: [m] }] }");
  const next = readCase("{ targets: [{ name: a }], routes: [{ name: r, target: a, models: [m], lastResort: Sorry }] }");
  const retries = (stage: Model) => JSON.stringify(translateRoutes(stage)).includes("retriable-headers");
  expect(transition(before, next).map(retries)).toEqual([true, true]);
  expect(transition(next, before).map(retries)).toEqual([true, false, false]);
  expect(transition(before, before).map(retries)).toEqual([false]);
});
