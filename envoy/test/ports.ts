// Loopback ports for the servers that tests start.
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";

// Below what systems give to connections going out (Linux from 32768, others from 49152): one of those may have
// taken a port of theirs before the server that it was found for listens.
const firstPort = 10_000;
const portsEnd = 32_768;
const triesMax = 100;

/** One that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < triesMax; tries++) {
    const port = randomInt(firstPort, portsEnd);
    if (await canListen(port)) return port;
  }
  throw new Error(`None of ${triesMax} ports between ${firstPort} and ${portsEnd} is free`);
}

async function canListen(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

/** Whether somebody does. */
export function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => void (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}
