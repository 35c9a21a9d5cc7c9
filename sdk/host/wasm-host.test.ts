// What the conformance scenarios cannot show on Envoy: several workers at will, misuse, a clock that stands still.
import { beforeAll, describe, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../tools/build-plugins.ts";
import { WasmHost, type StartPluginOptions, type WasmHostOptions } from "./wasm-host.ts";

let module: CompiledModule;
beforeAll(async () => {
  module = await compileModule("sdk/conformance/plugins/script/assembly/index.ts");
});

const get = [
  [":authority", "gateway"],
  [":path", "/"],
  [":method", "GET"],
] as const;
const ok = [[":status", "200"]] as const;

async function start(script: string, options: WasmHostOptions & StartPluginOptions = {}) {
  const host = await WasmHost.load(module, options);
  const plugin = host.startPlugin({ configuration: script, ...options });
  const said = () => host.messages().filter((line) => !line.startsWith("> "));
  return { host, plugin, said };
}

/** `(module (import "env" "nonsense" (func)) (memory (export "memory") 1))` */
function moduleImportingNonsense(): Uint8Array<ArrayBuffer> {
  const name = (text: string) => [text.length, ...Buffer.from(text)];
  const section = (id: number, ...content: number[]) => [id, content.length, ...content];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, 1, 0x60, 0, 0),
    ...section(2, 1, ...name("env"), ...name("nonsense"), 0, 0),
    ...section(5, 1, 0, 1),
    ...section(7, 1, ...name("memory"), 2, 0),
  ]);
}

describe("workers", () => {
  test("share data, each in a VM of its own", async () => {
    const { plugin, said } = await start("requestHeaders sharedAdd total 1", { workers: 3 });
    for (const worker of [0, 1, 2, 1]) plugin.openStream({ worker }).sendRequest(get);
    expect(said()).toEqual(["sum 1", "sum 2", "sum 3", "sum 4"]);
    expect(plugin.root(0).vm).not.toBe(plugin.root(1).vm);
  });

  test("a queue tells the worker that registered last", async () => {
    const script = "configure queueRegister jobs\nrequestHeaders enqueue - jobs one\nqueue dequeue jobs";
    const { plugin, host, said } = await start(script, { workers: 2 });
    plugin.openStream({ worker: 0 }).sendRequest(get);
    expect(said()).toEqual(["item one"]);
    expect(host.messages()).toEqual(["> requestHeaders end", "> queue", "item one"]);
  });

  test("a trap on one leaves the others alone", async () => {
    const { plugin } = await start("requestHeaders [x-trap] trap unreachable", { workers: 2 });
    plugin.openStream({ worker: 0 }).sendRequest([...get, ["x-trap", "1"]]);
    expect(plugin.openStream({ worker: 0 }).sendRequest(get).sentDownstream.status).toBe(503);
    expect(plugin.openStream({ worker: 1 }).sendRequest(get).sentUpstream.ended).toBe(true);
  });
});

describe("plugins", () => {
  test("of one vm_id and module share a VM, each with its own root and configuration", async () => {
    const { host, plugin } = await start("requestHeaders set request x-by first");
    const second = host.startPlugin({ name: "second", configuration: "requestHeaders set request x-by second" });
    expect(second.root().vm).toBe(plugin.root().vm);
    expect(second.root().id).not.toBe(plugin.root().id);
    const stream = host.openStream([plugin, second]).sendRequest(get);
    expect(stream.sentUpstream.header("x-by")).toBe("second");
    stream.sendResponse(ok, "answer");
    expect(stream.sentDownstream.text).toBe("answer");
  });

  test("that refuse their configuration do not start", async () => {
    await expect(start("configure return 1")).rejects.toThrow('Plugin "plugin" did not start');
    await expect(start("configure trap unreachable")).rejects.toThrow("proxy_on_configure failed: unreachable");
  });

  test("end with onDone and onDelete, and are gone", async () => {
    const { plugin } = await start("");
    plugin.stop();
    expect(plugin.root().vm.contexts.size).toBe(0);
  });

  test("need a host that knows their imports", async () => {
    const host = await WasmHost.load(moduleImportingNonsense());
    expect(() => host.startPlugin()).toThrow("missing import: env.nonsense");
  });

  test("are not reloaded in an interval that would end Envoy", async () => {
    await expect(start("", { reloadIntervalMs: 1 })).rejects.toThrow("at least 2");
  });
});

describe("time and chance", () => {
  test("stand still until the test moves on", async () => {
    const { host } = await start("configure tick 100\ntick#3 tick 0");
    host.advance(99);
    expect(host.messages()).toEqual([]);
    host.advance(201);
    expect(host.messages()).toEqual(["> tick", "> tick", "> tick"]);
    host.advance(1000);
    expect(host.messages()).toHaveLength(3);
  });

  test("give the same bytes for the same seed", async () => {
    const bytes = async (seed: number) => (await start("", { seed })).host.random.bytes(8);
    expect(await bytes(1)).toEqual(await bytes(1));
    expect(await bytes(1)).not.toEqual(await bytes(2));
  });
});

describe("callouts", () => {
  const head = ":method=GET;:path=/;:authority=a";
  const waits = `requestHeaders call auth ${head} 500\nrequestHeaders return 4\nreply continue request`;

  test("are answered when the test likes", async () => {
    const { host, plugin } = await start(waits, { clusters: { auth: () => undefined } });
    const stream = plugin.openStream().sendRequest(get, "body");
    expect(stream.sentUpstream.headers).toBeNull();
    host.httpCalls[0]!.reply({ body: "yes" });
    expect(stream.sentUpstream.text).toBe("body");
    host.httpCalls[0]!.reply({ body: "again" });
    expect(host.messages().filter((line) => line.startsWith("> reply"))).toEqual(['> reply 200 - "yes"']);
  });

  test("time out on the virtual clock, and not after their answer", async () => {
    const { host, plugin } = await start(waits, { clusters: { auth: () => undefined } });
    const stream = plugin.openStream().sendRequest(get);
    host.advance(499);
    expect(stream.sentUpstream.ended).toBe(false);
    host.advance(1);
    expect(stream.sentUpstream.ended).toBe(true);
    expect(host.messages()).toContain('> reply 504 text/plain "upstream request timeout"');
  });

  test("show the test what was asked", async () => {
    const script = "requestHeaders call auth :method=POST;:path=/check;:authority=a 500 the body";
    const { host, plugin } = await start(script, { clusters: { auth: () => ({}) } });
    plugin.openStream().sendRequest(get);
    const call = host.httpCalls[0]!;
    expect([call.cluster, call.header(":path"), call.text, call.timeoutMs]).toEqual([
      "auth",
      "/check",
      "the body",
      500,
    ]);
  });
});

describe("streams", () => {
  test("know the properties that the test gives, beside their own", async () => {
    const script = ["xds/cluster_name", "request/path", "request/id", "source/address"]
      .map((path) => `requestHeaders property ${path} text`)
      .join("\n");
    const { plugin, said } = await start(`${script}\nrequestHeaders property upstream/port int`);
    const properties = {
      xds: { cluster_name: "openai" },
      request: { id: "r1" },
      source: { address: "::1" },
      upstream: { port: 443 },
    };
    plugin.openStream({ properties }).sendRequest(get);
    expect(said()).toEqual([
      "property xds/cluster_name=openai",
      "property request/path=/",
      "property request/id=r1",
      "property source/address=::1",
      "property upstream/port=443",
    ]);
  });

  test("hand filter state from one attempt to the next", async () => {
    const { plugin, said } = await start("requestHeaders property note text\nrequestHeaders setProperty note kept");
    const first = plugin.openStream({ position: "upstream" }).sendRequest(get);
    plugin.openStream({ position: "upstream", filterState: first.filterState }).sendRequest(get);
    expect(said()).toEqual(["property note=missing", "property note=kept"]);
  });

  test("past the watermark the sender is paused, not answered", async () => {
    const { plugin } = await start("requestHeaders return 4");
    const stream = plugin.openStream({ bufferLimit: 10 });
    stream.requestHeaders([...get]).requestBody("0123456789");
    expect(stream.paused.request).toBe(false);
    stream.requestBody("!");
    expect(stream.paused.request).toBe(true);
    expect(stream.localReply).toBeNull();
  });

  test("are not to be continued inside the headers callback that is to hold them", async () => {
    const { plugin } = await start("responseHeaders continue response");
    const stream = plugin.openStream().sendRequest(get);
    expect(() => stream.responseHeaders(ok)).toThrow("continued in the headers callback");
  });

  test("take nothing more once they are over", async () => {
    const { plugin, host } = await start("requestHeaders reply 403 -1 - no");
    const stream = plugin.openStream().requestHeaders(get);
    const before = host.messages().length;
    stream.requestBody("late").responseHeaders(ok).disconnect();
    expect(host.messages()).toHaveLength(before);
    expect(stream.sentDownstream.text).toBe("no");
    expect(plugin.root().vm.contexts.size).toBe(1);
  });
});

test("foreign functions can be given, and call back", async () => {
  const host = await WasmHost.load(module, {
    foreignFunctions: { shout: (args) => Buffer.from(Buffer.from(args).toString().toUpperCase()) },
  });
  const plugin = host.startPlugin({ configuration: "requestHeaders foreign shout hello" });
  plugin.openStream().sendRequest(get);
  expect(host.messages()).toContain("foreign shout HELLO");
  plugin.root().foreignFunction(7, Buffer.from("data"));
  expect(host.messages()).toContain('> foreign 7 "data"');
});
