// Whose a reply is: the stream that asked, its root context, or nobody's any more.
import { beforeAll, beforeEach, expect, test } from "vitest";
import { compileModule, type CompiledModule } from "../../../tools/build-plugins.ts";
import { RawHost } from "./raw-host.ts";

let module: CompiledModule;
let host: RawHost;

beforeAll(async () => {
  module = await compileModule("sdk/test/abi/assembly/probe.ts");
});
beforeEach(() => {
  host = new RawHost(module);
  host.startRoot(1);
  host.told.length = 0;
});

const calls = (name: string) => host.calls.filter((call) => call.startsWith(`${name}(`));

function reply(token: number, status = "200", body = ""): void {
  host.headers = { ":status": status };
  host.body = new TextEncoder().encode(body);
  host.call("proxy_on_http_call_response", 1, token, 1, body.length, 0);
}

test("a reply reaches the stream that asked, made effective", () => {
  host.act(2, "http");
  reply(1, "404", "no such thing");
  expect(host.told).toEqual(["2 sent 0", "2 reply 404 no such thing"]);
  expect(calls("set_effective_context")).toEqual(["set_effective_context(2)"]);
});

test("a reply comes once", () => {
  host.act(2, "http");
  reply(1);
  reply(1);
  expect(host.told.length).toBe(2);
});

test("an object that waits cannot wait for a second reply", () => {
  host.act(2, "http twice");
  reply(1);
  expect(host.told).toEqual(["2 sent 0 and 2", "2 reply 200 "]);
  expect(calls("http_call").length).toBe(1);
});

test("a call that failed is status 0", () => {
  host.act(2, "http");
  host.call("proxy_on_http_call_response", 1, 1, 0, 0, 0);
  expect(host.told.at(-1)).toBe("2 reply 0 ");
});

test("calls of several streams are told apart", () => {
  for (const id of [2, 3, 4]) host.act(id, "http");
  for (const token of [3, 1, 2]) reply(token, "200", `for ${token}`);
  expect(host.told.slice(3)).toEqual(["4 reply 200 for 3", "2 reply 200 for 1", "3 reply 200 for 2"]);
});

test("a call made in a reply belongs to the same stream", () => {
  host.act(2, "http");
  host.answers["proxy_get_header_map_value"] = (_map, name, size, pointer, returnSize) =>
    host.give(new TextEncoder().encode(host.text(name!, size!) === ":status" ? "200" : "yes"), pointer!, returnSize!);
  host.call("proxy_on_http_call_response", 1, 1, 1, 0, 0);
  host.answers = {};
  reply(2);
  expect(host.told).toEqual(["2 sent 0", "2 reply 200 ", "2 reply 200 "]);
});

test("the reply of a stream that has ended is abandoned, in the root context", () => {
  host.act(2, "http");
  host.endStream(2);
  reply(1);
  expect(host.told.at(-1)).toBe("1 abandoned");
  expect(calls("set_effective_context")).toEqual([]);
});

test("so is one whose stream the host does not know any more", () => {
  host.act(2, "http");
  host.answers["proxy_set_effective_context"] = () => 2;
  reply(1);
  expect(host.told.at(-1)).toBe("1 abandoned");
});

test("a root context's call survives the stream it was sent from", () => {
  host.act(2, "http as root");
  host.endStream(2);
  reply(1);
  expect(host.told.at(-1)).toBe("1 reply 200 ");
});

test("a deleted root context waits for nothing", () => {
  host.act(2, "http");
  host.act(3, "http as root");
  for (const id of [2, 3]) host.endStream(id);
  host.call("proxy_on_delete", 1);
  host.startRoot(4);
  const lines = host.told.length;
  for (const token of [1, 2]) host.call("proxy_on_http_call_response", 4, token, 0, 0, 0);
  expect(host.told.length).toBe(lines);
});

test("a gRPC call ends with its message, or with its failure", () => {
  host.act(2, "grpc");
  host.act(3, "grpc");
  host.body = new TextEncoder().encode("answer");
  host.call("proxy_on_grpc_receive", 1, 1, 6);
  host.call("proxy_on_grpc_close", 1, 1, 0);
  host.call("proxy_on_grpc_close", 1, 2, 14);
  expect(host.told).toEqual(["2 grpc reply 0 answer", "3 grpc reply 14 "]);
});

test("a gRPC call whose stream has ended is abandoned, and not cancelled", () => {
  host.act(2, "grpc");
  host.endStream(2);
  host.call("proxy_on_grpc_receive", 1, 1, 0);
  expect(host.told.at(-1)).toBe("1 grpc abandoned");
  expect(calls("grpc_cancel")).toEqual([]);
});

test("a gRPC stream goes on until its close", () => {
  host.act(2, "grpc stream");
  host.body = new TextEncoder().encode("word");
  for (let i = 0; i < 2; i++) host.call("proxy_on_grpc_receive", 1, 1, 4);
  host.call("proxy_on_grpc_close", 1, 1, 0);
  host.call("proxy_on_grpc_receive", 1, 1, 4);
  host.endStream(2);
  expect(host.told).toEqual(["2 grpc message word", "2 grpc message word", "2 grpc close 0", "2 log", "2 delete"]);
  expect(calls("grpc_cancel")).toEqual([]);
});

test("a gRPC stream is reset when the HTTP stream that opened it ends", () => {
  host.act(2, "grpc stream");
  host.act(3, "grpc stream");
  host.act(4, "grpc");
  host.endStream(2);
  expect(calls("grpc_cancel")).toEqual(["grpc_cancel(1)"]);
  host.call("proxy_on_grpc_close", 1, 1, 1);
  expect(host.told).toEqual(["2 log", "2 delete"]);
});

test("an HTTP reply for a gRPC call's token harms nothing", () => {
  host.act(2, "grpc");
  reply(1);
  expect(host.told).toEqual([]);
});
