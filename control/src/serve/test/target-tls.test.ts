// TLS to providers on a real Envoy: a good certificate is served over HTTP/2, any other is refused.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { EnvoyProcess } from "../../../../envoy/envoy-process.ts";
import { plainGateway, plainNames } from "../../model/test/plain.ts";
import { AdsServer } from "../ads-server.ts";
import { freePort } from "../../../../envoy/test/ports.ts";
import { isInForce, resourcesOf, route, startEnvoy, target, until } from "./gateway.ts";
import { hasOpenssl, selfSigned } from "./self-signed.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-tls-"));
const file = (name: string) => join(folder, name);

let ads: AdsServer;
let envoy: EnvoyProcess;
let url: string;
let close: () => void;

async function provider(): Promise<number> {
  const keys = { key: readFileSync(file("good.key")), cert: readFileSync(file("good.pem")) };
  const server = createSecureServer({ ...keys, allowHTTP1: true }, (request, response) => {
    const { servername } = request.socket as TLSSocket;
    request.resume().on("end", () => response.end(`${request.httpVersion} ${servername}`));
  });
  server.on("sessionError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  return (server.address() as AddressInfo).port;
}

describe.skipIf(!hasOpenssl)("TLS (made with openssl)", () => {
  beforeAll(async () => {
    selfSigned(folder, "good", "DNS:good.test,IP:127.0.0.1");
    selfSigned(folder, "other", "DNS:good.test");
    const port = await provider();
    const tls = (sni: string, ca: string) => ({ tls: { sni, caFile: file(`${ca}.pem`) } });
    const targets = [
      target("by-name", port, tls("good.test", "good")),
      target("by-address", port, tls("127.0.0.1", "good")),
      target("wrong-name", port, tls("bad.test", "good")),
      target("wrong-authority", port, tls("good.test", "other")),
      target("system-authorities", port, { tls: { sni: "good.test", caFile: null } }),
    ];
    const gateway = { ...plainGateway, port: await freePort(), bodyBytesMax: 1024 };
    ads = new AdsServer();
    ads.publish(
      await resourcesOf({
        limits: [],
        names: plainNames,
        lastResorts: [],
        models: [],
        budgets: [],
        webhooks: [],
        ledger: null,
        admin: null,
        auth: null,
        gateway,
        targets,
        routes: targets.map(({ name }) => route(name)),
      }),
    );
    envoy = await startEnvoy("tls", (await ads.listen({ token: null })).port, "DELTA_GRPC");
    url = `http://127.0.0.1:${gateway.port}`;
    await until("it is in force", () => isInForce(ads));
  });

  afterAll(async () => {
    await envoy.stop();
    await ads.close();
    close();
    rmSync(folder, { recursive: true });
  });

  async function ask(name: string): Promise<string> {
    const response = await fetch(`${url}/${name}/chat/completions`, { method: "POST", body: "{}" });
    return `${response.status} ${await response.text()}`;
  }

  test("a provider is asked by its name, over HTTP/2 where it can", async () => {
    expect(await ask("by-name")).toBe("200 2.0 good.test");
  });

  test("an address is no server name, and is looked for in the certificate", async () => {
    expect(await ask("by-address")).toMatch(/^200 2\.0 (false|undefined)$/);
  });

  test.each(["wrong-name", "wrong-authority", "system-authorities"])("%s is refused", async (name) => {
    expect(await ask(name)).toMatch(/^502 .*upstream_unreachable/);
  });
});
