// The ledger on a real Envoy: a random mix of requests, whole and streamed, good and failing, given up and answered by
// another target, and one record of each, with the tokens that the provider told.
// LEDGER_REQUESTS and LEDGER_SEED make it longer, and repeat it.
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openStore, type Store } from "../control/src/store/store.ts";
import { join } from "node:path";
import { startGateway, type Gateway } from "./gateway.ts";
import { kinds, ledgerConfiguration, send, type Sent } from "./ledger/mix.ts";
import { randomFrom } from "./ledger/random.ts";

const count = Number(process.env["LEDGER_REQUESTS"] ?? 400);
const seed = Number(process.env["LEDGER_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const clients = 24;

let gateway: Gateway;
let store: Store;

beforeAll(async () => {
  gateway = await startGateway(ledgerConfiguration, { E2E_KEY: "fake-key" });
  store = await vi.waitFor(() => openStore({ database: join(gateway.stateFolder, "ledger.db") }), 5_000);
});
afterAll(async () => {
  await store?.close();
  await gateway?.stop();
});

test(`${count} requests, each recorded once, to the token (LEDGER_SEED=${seed})`, { timeout: 600_000 }, async () => {
  console.log(`LEDGER_SEED=${seed} LEDGER_REQUESTS=${count}`);
  const random = randomFrom(seed);
  const plan = Array.from({ length: count }, (_, number) => ({
    number,
    kind: random.pick(kinds),
    words: random.below(40) + 1,
  }));
  const all: Sent[] = [];
  const work = plan.values();
  const client = async (): Promise<void> => {
    for (const one of work) all.push(await send(gateway, one));
  };
  await Promise.all(Array.from({ length: clients }, client));
  const recorded = await vi.waitFor(
    async () => {
      const { db } = store;
      const rows = await db.selectFrom("requests").selectAll().execute();
      if (rows.length < count)
        throw new Error(`${rows.length} of ${count} are recorded: ${gateway.output().slice(-2000)}`);
      return rows;
    },
    { timeout: 20_000, interval: 200 },
  );
  expect(recorded.length).toBe(count);
  const byId = new Map(recorded.map((row) => [row.request_id, row]));
  for (const sent of all) {
    const row = byId.get(sent.id);
    expect(row, sent.kind).toMatchObject(sent.expected);
  }
});
