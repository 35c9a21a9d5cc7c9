// A cluster that fails: what is served stays so, and what has changed in the meantime is followed.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ask, Bed, service, slice, type IngressStatus } from "./bed.ts";
import { ingress, ingressClass } from "./manifests.ts";

const bed = new Bed();
const asked = { host: "stays.test" };

beforeAll(async () => {
  await bed.start("address: 127.0.0.1");
  await bed.serve("10.244.0.1", "one");
  await bed.serve("10.244.0.2", "two");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"), ...service("backend", ["10.244.0.1"]));
  await bed.apply(ingress("stays", { hosts: { "stays.test": [{ to: "backend" }] } }));
  await bed.until(asked, ({ server }) => server === "one");
});
afterAll(() => bed.stop());

test("the account that ships may do all that is needed: statuses, events and the Lease", async () => {
  await vi.waitFor(
    async () => {
      const { status } = await bed.read<IngressStatus>("Ingress", "stays");
      expect(status.loadBalancer?.ingress).toEqual([{ ip: "127.0.0.1" }]);
    },
    { timeout: 10_000 },
  );
  await bed.apply(ingress("noted", { fallback: "backend", annotations: { "weir.dev/no-such-thing": "1" } }));
  expect(await bed.event("noted", "UnknownAnnotation")).toContain("no-such-thing");
  expect(bed.output()).not.toMatch(/forbidden|TROUBLE/);
});

test("pods for the Envoy's zone or node have all requests, and others while there is none", async () => {
  const zone = (name: string) => ({ forZones: [{ name }] });
  const both = ["10.244.0.1", "10.244.0.2"];
  await bed.apply(...service("near", both), ingress("near", { hosts: { "near.test": [{ to: "near" }] } }));
  const near = { host: "near.test" };
  await bed.until(near, ({ status }) => status === 200);
  const servers = async (): Promise<string> => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(near)));
    return [...new Set(answers.map(({ server }) => server))].sort().join(" ");
  };
  const become = (expected: string) => vi.waitFor(async () => expect(await servers()).toBe(expected), 20_000);
  await become("one two");
  await bed.apply(slice("near", both, { hints: { "10.244.0.1": zone("there"), "10.244.0.2": zone("here") } }));
  await become("two");
  await bed.apply(slice("near", ["10.244.0.1"], { hints: { "10.244.0.1": zone("there") } }));
  await become("one");
  const here = { ...zone("here"), forNodes: [{ name: "this-node" }] };
  const beside = { ...zone("here"), forNodes: [{ name: "that-node" }] };
  await bed.apply(slice("near", both, { hints: { "10.244.0.1": beside, "10.244.0.2": here } }));
  await become("two");
  await bed.apply(slice("near", both, { hints: { "10.244.0.2": here } }));
  await become("one two");
});

test("the API server is killed under load and comes back: no request is lost, and changes are followed", async () => {
  const failures: string[] = [];
  let requests = 0;
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const { status } = await ask(asked).catch(() => ({ status: 0 }));
      requests++;
      if (status !== 200) failures.push(String(status));
    }
  };
  const running = Promise.all([load(), load()]);
  await bed.cluster.killApiServer();
  await vi.waitFor(() => expect(bed.output()).toMatch(/TROUBLE The Kubernetes API server cannot be asked/), 20_000);
  await bed.cluster.startApiServer();
  await bed.apply(slice("backend", ["10.244.0.2"]));
  await bed.until(asked, ({ server }) => server === "two", 40_000);
  await vi.waitFor(() => expect(requests).toBeGreaterThan(100), 20_000);
  over.abort();
  await running;
  expect(failures).toEqual([]);
  await vi.waitFor(() => expect(bed.output()).toMatch(/RECOVERY/), 20_000);
  expect(bed.output()).not.toMatch(/REJECTED/);
});

test("an object that goes while nobody can watch is gone, though the history of it is gone too", async () => {
  // Its default backend would have the host.
  await bed.remove(ingress("noted", {}));
  await bed.apply(ingress("goes", { hosts: { "goes.test": [{ to: "backend" }] } }));
  await bed.until({ host: "goes.test" }, ({ status }) => status === 200);
  await bed.cluster.killApiServer();
  await bed.cluster.removeFromEtcd("/registry/ingress/default/goes");
  await bed.cluster.startApiServer();
  await bed.until({ host: "goes.test" }, ({ status }) => status === 404, 40_000);
  expect((await ask(asked)).status).toBe(200);
});
