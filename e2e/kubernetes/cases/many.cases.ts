// Ten thousand objects, or MANY_OBJECTS: all are served, by a Weir that comes too, and so is what changes among them.
// While a Service grows and shrinks within a second no request is lost. What it takes is printed, and never judged.
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask, Bed, service, slice, type Manifest } from "./bed.ts";
import { ingress, ingressClass } from "./manifests.ts";

/** An Ingress, a Service and a slice each. */
const count = Math.ceil(Number(process.env["MANY_OBJECTS"] ?? 10_000) / 3);
const parallel = 16;
const spread = 25;
/** However much else the machine has to do. */
const timeout = 120_000;

const settings = "address: 127.0.0.1";
const bed = new Bed();

function manifestsOf(index: number): Manifest[] {
  const name = `many-${index}`;
  return [...service(name, ["10.244.0.1"]), ingress(name, { hosts: { [`${name}.test`]: [{ to: name }] } })];
}

async function create(indexes: number[]): Promise<void> {
  const left = [...indexes];
  const work = async (): Promise<void> => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) await bed.create(...manifestsOf(index));
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

const hostOf = (index: number): string => `many-${index}.test`;

const servedBy = (index: number, server: string) =>
  bed.until({ host: hostOf(index) }, (answer) => answer.server === server, timeout);

async function allServed(): Promise<void> {
  const indexes = Array.from({ length: spread }, (_, i) => Math.floor((i * (count - 1)) / (spread - 1)));
  for (const index of indexes) await servedBy(index, "one");
}

beforeAll(async () => {
  await bed.startCluster();
  await bed.serve("10.244.0.1", "one");
  await bed.serve("10.244.0.2", "two");
  await bed.apply(ingressClass("weir", "weir.dev/ingress"));
  const begun = performance.now();
  await create(Array.from({ length: count }, (_, index) => index));
  say(`${3 * count} objects are created`, begun);
}, 600_000);
afterAll(() => bed.stop());

test("thousands of objects are served", { timeout: 3 * timeout }, async () => {
  const begun = performance.now();
  await bed.startWeir(settings);
  await allServed();
  say("all are served after a start", begun);
});

test(
  "of thousands one that changes, one that is new and one that goes are followed",
  { timeout: 4 * timeout },
  async () => {
    const changed = performance.now();
    await bed.apply(slice("many-7", ["10.244.0.2"]));
    await servedBy(7, "two");
    say("a slice that changes is followed", changed);
    const made = performance.now();
    await bed.create(...manifestsOf(count));
    await servedBy(count, "one");
    say("an Ingress that is new is served", made);
    await bed.remove(ingress(`many-${count}`, {}));
    await bed.until({ host: hostOf(count) }, ({ status }) => status === 404, timeout);
    expect((await ask({ host: hostOf(8) })).server).toBe("one");
  },
);

test("a Service that grows and shrinks within a second loses no request", { timeout: 3 * timeout }, async () => {
  const asked = { host: hostOf(3) };
  await servedBy(3, "one");
  const answers: string[] = [];
  const over = new AbortController();
  const load = async (): Promise<void> => {
    while (!over.signal.aborted) answers.push(await ask(asked).then(({ server }) => server, String));
  };
  const running = Promise.all([load(), load()]);
  for (let round = 0; round < 10; round++) {
    await bed.apply(slice("many-3", ["10.244.0.1", "10.244.0.2"]));
    await bed.apply(slice("many-3", [round % 2 === 0 ? "10.244.0.1" : "10.244.0.2"]));
  }
  await servedBy(3, "two");
  await bed.apply(slice("many-3", ["10.244.0.1"]));
  await bed.until(asked, ({ server }) => server === "one", timeout);
  over.abort();
  await running;
  expect(answers.filter((server) => server !== "one" && server !== "two")).toEqual([]);
});

test("a Weir that comes serves them too, and nothing was refused", { timeout: 3 * timeout }, async () => {
  await bed.weir.close();
  const begun = performance.now();
  await bed.startWeir(settings);
  await allServed();
  await servedBy(7, "two");
  say("all are served after another start", begun);
  expect(bed.output()).not.toMatch(/REJECTED/);
});

function say(what: string, since: number): void {
  console.log(`measured: ${what}, ${((performance.now() - since) / 1000).toFixed(1)} s`);
}
