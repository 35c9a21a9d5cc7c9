// Whether an address can be listened on, before Envoy tries: Envoy shares a port with another Envoy without a word.
import { createServer } from "node:net";
import { runCommandName } from "./command-name.ts";
import { UserError } from "./user-error.ts";

/** Null when it can be listened on now; else the system's error code, such as EADDRINUSE. */
export function whyNotListen(address: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** Throws a `UserError` with the fix when the gateway cannot listen there. */
export async function requireGatewayPort(address: string, port: number): Promise<void> {
  const code = await whyNotListen(address, port);
  if (code !== null) throw new UserError(await explainPort(address, port, code));
}

const portsTried = 20;

/** What is wrong with the gateway's address, and a port that would do. */
export async function explainPort(address: string, port: number, code: string): Promise<string> {
  const where = `${address}:${port}`;
  if (code === "EADDRINUSE") {
    const free = await nextFreePort(address, port);
    const instead = free ? `--port ${free}` : "--port <another>";
    return (
      `The gateway's port is in use: ${where}. Stop what listens there (lsof -i :${port} shows it), ` +
      `or use another: ${runCommandName()} ${instead}, or gateway.port in the configuration`
    );
  }
  if (code === "EACCES") {
    return `The gateway may not listen on ${where}: ports below 1024 need a privilege. Use gateway.port 1024 or more`;
  }
  if (code === "EADDRNOTAVAIL") {
    return `The gateway cannot listen on ${where}: this machine has no such address. Correct gateway.address`;
  }
  return `The gateway cannot listen on ${where}: ${code}. Correct gateway.address and gateway.port`;
}

async function nextFreePort(address: string, port: number): Promise<number | null> {
  for (let candidate = port + 1; candidate <= Math.min(port + portsTried, 65_535); candidate++) {
    if ((await whyNotListen(address, candidate)) === null) return candidate;
  }
  return null;
}
