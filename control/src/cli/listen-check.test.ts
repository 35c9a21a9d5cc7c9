import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { explainPort, requireGatewayPort, whyNotListen } from "./listen-check.ts";

const servers: ReturnType<typeof createServer>[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));

async function takenPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("requireGatewayPort()", () => {
  it("lets a free port pass, and leaves it free", async () => {
    const port = await takenPort();
    servers.pop()?.close();
    await requireGatewayPort("127.0.0.1", port);
    await requireGatewayPort("127.0.0.1", port);
  });

  it("names a taken port and one that is free", async () => {
    const port = await takenPort();
    const complaint = await requireGatewayPort("127.0.0.1", port).catch((error: Error) => error.message);
    expect(complaint).toContain(`The gateway's port is in use: 127.0.0.1:${port}`);
    const free = Number(/weir run --port (\d+)/.exec(complaint ?? "")?.[1]);
    expect(await whyNotListen("127.0.0.1", free)).toBeNull();
  });

  it("names an address that this machine has not", async () => {
    await expect(requireGatewayPort("203.0.113.7", 8080)).rejects.toThrow(/no such address. Correct gateway\.address/);
  });

  it("explains a port that needs a privilege", async () => {
    expect(await explainPort("0.0.0.0", 80, "EACCES")).toMatch(/ports below 1024 need a privilege/);
  });
});
