// Loopback ports for the servers that tests start.
import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";

/** One that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Whether somebody does. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => void (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
