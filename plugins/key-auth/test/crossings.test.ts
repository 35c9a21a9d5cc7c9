// How often plugin and host call each other for a request that is let through.
import { expect, test } from "vitest";
import { WasmHost } from "../../../sdk/host/wasm-host.ts";
import { buildPlugin } from "../../../tools/build-plugins.ts";
import { bearer, configuration, sendTo, startMs } from "./request.ts";

test("a known key costs what it has to", async () => {
  const host = await WasmHost.load(await buildPlugin("key-auth"), { startMs });
  const plugin = host.startPlugin({ configuration });
  const send = (key: string) => {
    host.crossings.clear();
    const stream = sendTo(plugin, { headers: bearer(key) });
    expect(stream.localReply).toBeNull();
    stream.sendResponse([[":status", "200"]], "{}");
    return host.crossings.sums;
  };
  // Consumer, key, organization, team and user are told.
  expect(send("wk-ci")).toEqual({ in: 4, out: 7, memory: 1 });
  // Consumer, key and models: no list is asked for.
  expect(send("wk-small")).toEqual({ in: 4, out: 5, memory: 1 });
});
