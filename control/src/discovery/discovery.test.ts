// What following registries promises whatever their kind; what each kind says is tested on its own.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Secret } from "../model/secret.ts";
import { Discovery } from "./discovery.ts";

test("a secret that a registry says again is in no message and no status", async () => {
  const server = createServer((request, response) => {
    response.writeHead(403).end(`rpc error: ACL not found: ${String(request.headers["x-consul-token"])}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const said: string[] = [];
  const discovery = new Discovery({ onChange: () => {}, onTrouble: (message) => said.push(message) });
  onTestFinished(() => discovery.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const token = new Secret("a-secret-token", { kind: "literal" });
  const place = { url, datacenter: "", namespace: "", tag: "" };
  discovery.follow(
    [{ type: "consul", name: "main", ...place, token }],
    [{ registry: "main", service: { by: "name", name: "llama" } }],
  );
  await vi.waitFor(() => expect(said.join()).toMatch(/main cannot be asked: .*403.*\[redacted\]/));
  expect(JSON.stringify(discovery.status())).toContain("[redacted]");
  expect(said.join() + JSON.stringify(discovery.status())).not.toContain("a-secret-token");
});
