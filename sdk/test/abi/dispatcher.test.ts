// Which object a callback reaches, and that nothing a host does or answers breaks that.
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../../tools/build-plugins.ts";
import { RawHost } from "./raw-host.ts";

let module: CompiledModule;
let host: RawHost;

beforeAll(async () => {
  module = await compileModule("sdk/test/abi/assembly/probe.ts");
});
beforeEach(() => {
  host = new RawHost(module);
});

describe("root contexts", () => {
  test("each keeps the configuration of its own, in one VM", () => {
    host.startRoot(1, "north");
    host.startRoot(2, "south");
    host.act(3, "work", 1);
    host.act(4, "work", 2);
    expect(host.told.slice(2)).toEqual(["3 does work as north", "4 does work as south"]);
  });

  test("the root id chooses the class; an unknown one gets the unnamed", () => {
    host.startRoot(1, "a", "other");
    host.startRoot(2, "b", "unheard of");
    host.startRoot(3, "c", "");
    expect(host.told).toEqual(["1 other configure a", "2 first configure b", "3 first configure c"]);
  });

  test("a configuration that is refused is refused to the host", () => {
    expect(host.startRoot(1, "wrong")).toBe(false);
    expect(host.startRoot(2, "right")).toBe(true);
  });

  test("one that lingers is asked for its end and says not yet", () => {
    host.startRoot(1, "linger");
    expect(host.call("proxy_on_done", 1)).toBe(0);
  });

  test("the VM configuration arrives", () => {
    host.configuration = "of the vm";
    host.body = new TextEncoder().encode("of the vm");
    host.call("proxy_on_context_create", 1, 0);
    expect(host.call("proxy_on_vm_start", 1, 9)).toBe(1);
    expect(host.told).toEqual(["1 first vm start of the vm"]);
  });
});

describe("streams", () => {
  test("a plugin that takes no part in a stream lets it pass", () => {
    host.startRoot(1, "none");
    expect(host.act(2, "work")).toBe(0);
    host.endStream(2);
    expect(host.told).toEqual(["1 first configure none"]);
  });

  test("a root context may make TCP contexts; HTTP callbacks for one of them reach nobody", () => {
    host.startRoot(1, "tcp");
    expect(host.act(2, "work")).toBe(0);
    host.call("proxy_on_downstream_connection_close", 2, 0);
    expect(host.told.slice(1)).toEqual(["2 closed"]);
  });

  test("callbacks for contexts that never were, or are no more, pass", () => {
    host.startRoot(1);
    host.act(2, "work");
    host.endStream(2);
    const lines = host.told.length;
    for (const id of [0, 2, 99, 0xffffffff]) {
      for (const name of Object.keys(host.exports).filter((each) => /^proxy_on_(?!memory|context_create)/.test(each))) {
        const answer = host.call(name, id, 0, 0, 0, 0) ?? 0;
        expect([name, answer]).toEqual([name, name === "proxy_on_done" ? 1 : 0]);
      }
    }
    expect(host.told.length).toBe(lines);
  });

  test("a stream whose root is unknown is not made", () => {
    expect(host.act(5, "work", 77)).toBe(0);
    expect(host.told).toEqual([]);
  });
});

describe("nesting", () => {
  test("a callback inside a host call acts on its own context, and the outer one keeps its own", () => {
    host.startRoot(1);
    host.call("proxy_on_context_create", 3, 1);
    host.answers["proxy_send_local_response"] = () => host.call("proxy_on_response_headers", 3, 1, 1);
    host.act(2, "answer");
    expect(host.told.slice(1)).toEqual(["3 response headers", "2 answered, 20000 intact"]);
  });

  test("a reply inside the call that asks for it finds nobody waiting", () => {
    host.startRoot(1);
    host.answers["proxy_http_call"] = () => {
      host.call("proxy_on_http_call_response", 1, 1, 0, 0, 0);
      return 10;
    };
    host.act(2, "http");
    expect(host.told.slice(1)).toEqual(["2 sent 10"]);
  });
});

test("whatever status host calls answer, nothing traps", () => {
  for (const status of [1, 2, 3, 4, 6, 7, 10, 11, 12, 99, -1]) {
    host = new RawHost(module);
    host.startRoot(1);
    host.answers["proxy_get_header_map_value"] = (_map, _name, _size, pointer, size) =>
      host.give(new TextEncoder().encode("everything"), pointer!, size!);
    host.status = status;
    host.act(2, "");
    expect(host.told.at(-1)).toBe("2 used everything");
  }
});

test("shared data that is always snatched away is written in the end", () => {
  host.startRoot(1);
  let attempts = 0;
  host.answers["proxy_get_shared_data"] = () => 1;
  host.answers["proxy_set_shared_data"] = (_k, _ks, _v, _vs, cas) => (++attempts && cas === 0 ? 0 : 8);
  host.act(2, "everything");
  expect([attempts, host.told.at(-1)]).toEqual([65, "2 used everything"]);
});

test("a trap is preceded by its cause", () => {
  host.startRoot(1);
  expect(() => host.act(2, "trap")).toThrow(WebAssembly.RuntimeError);
  expect(host.told.at(-1)).toMatch(/^asked to at sdk\/test\/abi\/assembly\/probe\.ts:\d+:\d+$/);
});
