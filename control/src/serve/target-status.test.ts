import { expect, test } from "vitest";
import type { Model } from "../model/model.ts";
import { plainGateway, plainNames, plainRoute, plainTarget } from "../model/test/plain.ts";
import { clusterName } from "../xds/cluster-name.ts";
import { readTargetStatus } from "./target-status.ts";

const names = ["one", "two", "none", "mixed"];
const targets = names.map((name) => ({ ...plainTarget, name }));
const model: Model = {
  gateway: plainGateway,
  targets,
  routes: [plainRoute("r", "one")],
  names: plainNames,
  lastResorts: [],
  models: [],
  limits: [],
  budgets: [],
  webhooks: [],
  ledger: null,
  admin: null,
  auth: null,
};

function host(address: string, health: object = {}, active = 0, more: object = {}) {
  const stats = [
    { name: "rq_total", value: "9" },
    { name: "rq_active", ...(active && { value: String(active) }) },
  ];
  const [name, port] = [address.replace(/:\d+$/, ""), Number(/\d+$/.exec(address)?.[0])];
  return { address: { socket_address: { address: name, port_value: port } }, stats, health_status: health, ...more };
}

const deadEnd = host("127.0.0.1:1", {}, 0, { priority: 1 });

function cluster(index: number, ...host_statuses: object[]): object {
  return { name: clusterName(targets[index]!), host_statuses };
}

test("tells which addresses of a target are in use, without the dead end", () => {
  const text = JSON.stringify({
    cluster_statuses: [
      { name: "weir.xds", host_statuses: [{ address: { pipe: { path: "/x" } } }] },
      cluster(0, host("10.0.0.1:80", {}, 3), deadEnd),
      cluster(1, host("10.0.0.2:80", { failed_outlier_check: true }), deadEnd),
      cluster(2, deadEnd),
      cluster(3, host("10.0.0.3:80"), host("::1:80", { failed_active_health_check: true }, 2), deadEnd),
    ],
  });
  expect(readTargetStatus(text, "", model)).toMatchObject([
    { target: "one", state: "available", requestsActive: 3, addresses: [{ address: "10.0.0.1:80", state: "healthy" }] },
    { target: "two", state: "refusing", addresses: [{ address: "10.0.0.2:80", state: "ejected" }] },
    { target: "none", state: "unresolved", addresses: [] },
    {
      target: "mixed",
      state: "degraded",
      requestsActive: 2,
      addresses: [{ state: "healthy" }, { address: "[::1]:80", state: "unhealthy" }],
    },
  ]);
});

test("leaves out what Envoy has not", () => {
  expect(readTargetStatus("{}", "", model)).toEqual([]);
});

test("tells which targets rest, are tried again, or have enough to do", () => {
  const seconds = (fromNow: number) => Math.floor(Date.now() / 1000) + fromNow;
  const stat = (target: string, until: number) =>
    `wasmcustom.weir.target.resting_until_seconds;provider=openai;target=${target}: ${until}\n`;
  const stats = stat("one", seconds(60)) + stat("two", seconds(-1)) + stat("none", seconds(9e8)) + stat("mixed", 0);
  const limited = { ...targets[3]!, circuitBreaker: { ...plainTarget.circuitBreaker, maxConcurrentRequests: 2 } };
  const text = JSON.stringify({
    cluster_statuses: [
      cluster(0, host("10.0.0.1:80")),
      cluster(1, host("10.0.0.2:80")),
      cluster(2, host("10.0.0.3:80")),
      cluster(3, host("10.0.0.4:80", {}, 2)),
    ],
  });
  const all = readTargetStatus(text, stats, { ...model, targets: [...targets.slice(0, 3), limited] });
  expect(all.map(({ state }) => state)).toEqual(["resting", "halfOpen", "resting", "full"]);
  expect(all.map(({ restingUntil }) => restingUntil)).toEqual([expect.any(String), null, null, null]);
  const refusing = JSON.stringify({
    cluster_statuses: [cluster(0, host("10.0.0.1:80", { failed_outlier_check: true }))],
  });
  expect(readTargetStatus(refusing, stats, model)).toMatchObject([{ state: "refusing" }]);
});

test("tells how fast a target has been, as plugins have measured it", () => {
  const stat = (target: string, model: string, of: string, ms: number) =>
    `wasmcustom.weir.target.usual_milliseconds;provider=openai;target=${target};model=${model};operation=chat;of=${of}: ${ms}\n`;
  const stats = [stat("one", "gpt-4.1", "first_token", 210), stat("one", "ns:x", "hundred_tokens", 900)].join("");
  const rest = "wasmcustom.weir.target.resting_until_seconds;provider=openai;target=two: 0\n";
  const text = JSON.stringify({ cluster_statuses: [cluster(0, host("10.0.0.1:80")), cluster(1, host("10.0.0.2:80"))] });
  expect(readTargetStatus(text, stats + rest, model).map(({ speeds }) => speeds)).toEqual([
    [
      { model: "gpt-4.1", operation: "chat", of: "first_token", milliseconds: 210 },
      { model: "ns:x", operation: "chat", of: "hundred_tokens", milliseconds: 900 },
    ],
    [],
  ]);
});
