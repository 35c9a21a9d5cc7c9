// Two replicas in one cluster: both serve, one writes statuses, and the other takes over from one that ends or dies.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { weir, type TestProcess } from "../../child-process.ts";
import { ask, Bed, service, type IngressStatus } from "./bed.ts";
import { ingress, ingressClass } from "./manifests.ts";

/** The lease's time, and what a round of it may take. */
const takeOverMs = 15_000 + 5_000;

const bed = new Bed();
let other: TestProcess;

beforeAll(async () => {
  await bed.start("address: 127.0.0.1");
  await bed.serve("10.244.0.1", "one");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"), ...service("backend", ["10.244.0.1"]));
  await follow("first", "127.0.0.1");
  startOther();
});
afterAll(async () => {
  await other?.stop();
  await bed.stop();
});

/** As a process of its own, at another address: that is how one sees who has written a status. */
function startOther(): void {
  const settings = parse(readFileSync(join(bed.folder, "weir.yaml"), "utf8")) as {
    gateway: object;
    kubernetes: object;
  };
  const file = join(bed.folder, "other.yaml");
  const gateway = { ...settings.gateway, port: 8100 };
  writeFileSync(file, stringify({ gateway, kubernetes: { ...settings.kubernetes, address: "127.0.0.2" } }));
  other = weir(["run", file], { env: { WEIR_STATE: join(bed.folder, "other-state") } });
}

/** A new Ingress is served by both where both are there, and told its address by the one that writes. */
async function follow(name: string, writer: string, servers = [writer], timeout = 20_000): Promise<void> {
  const host = `${name}.test`;
  await bed.apply(ingress(name, { hosts: { [host]: [{ to: "backend" }] } }));
  for (const address of servers) await bed.until({ host, address }, ({ server }) => server === "one", timeout);
  await vi.waitFor(
    async () => {
      const { status } = await bed.read<IngressStatus>("Ingress", name);
      expect(status.loadBalancer?.ingress).toEqual([{ ip: writer }]);
    },
    { timeout, interval: 100 },
  );
}

test("both serve, and the one that was first writes", { timeout: 120_000 }, async () => {
  await bed.until({ host: "first.test", address: "127.0.0.2" }, ({ server }) => server === "one", 60_000);
  await follow("second", "127.0.0.1", ["127.0.0.1", "127.0.0.2"]);
});

test("one that ends hands over at once, and the other serves on", { timeout: 60_000 }, async () => {
  await bed.weir.close();
  await follow("third", "127.0.0.2", ["127.0.0.2"], 10_000);
});

test("one that is killed is followed within the time of the lease", { timeout: 120_000 }, async () => {
  await bed.startWeir("address: 127.0.0.1");
  await follow("fourth", "127.0.0.2", ["127.0.0.1", "127.0.0.2"]);
  other.signal("SIGKILL");
  const killed = performance.now();
  await follow("fifth", "127.0.0.1", ["127.0.0.1"], takeOverMs + 5_000);
  expect(performance.now() - killed).toBeLessThan(takeOverMs);
  expect((await ask({ host: "fourth.test" })).server).toBe("one");
});
