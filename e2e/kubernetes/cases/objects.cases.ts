// Weir's own objects on a real API server, served by a real Envoy.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bed } from "./bed.ts";

const definitions = join(import.meta.dirname, "..", "..", "..", "deploy", "kubernetes", "crds");

const bed = new Bed();

beforeAll(async () => {
  await bed.start();
  for (const file of readdirSync(definitions)) await bed.apply(readFileSync(join(definitions, file), "utf8"));
}, 500_000);
afterAll(() => bed.stop());

test("the API server takes every definition, as structural", async () => {
  for (const file of readdirSync(definitions)) {
    const name = `${file.replace(".yaml", "")}.weir.dev`;
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    const { status } = (await bed.api.ask("GET", path)) as {
      status: { conditions: { type: string; status: string; message: string }[] };
    };
    const state = Object.fromEntries(status.conditions.map((one) => [one.type, one.status]));
    expect(state, JSON.stringify(status)).toMatchObject({ Established: "True", NamesAccepted: "True" });
    expect(state["NonStructuralSchema"]).toBeUndefined();
  }
});
