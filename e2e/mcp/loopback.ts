// Loaded before a foreign program that would listen on all addresses: it listens on this machine alone.
import { Server } from "node:net";

const { listen } = Server.prototype as { listen: (...given: unknown[]) => Server };

Server.prototype.listen = function (this: Server, port: unknown, ...rest: unknown[]) {
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, ...rest);
};
