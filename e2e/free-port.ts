// A port of the loopback interface that nothing listens on.
import { createServer, type AddressInfo } from "node:net";

/** Free now; whoever takes it should do so soon. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
