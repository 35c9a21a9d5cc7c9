// A provider that knows how many requests it has at once, and takes as long as it is told.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface CountingProvider {
  port: number;
  /** Milliseconds until an answer begins. */
  delayMs: number;
  /** Milliseconds between a stream's first token and its end. */
  tailMs: number;
  /** The status of its answers. */
  status: number;
  active: number;
  activeMax: number;
  total: number;
  close(): void;
}

const completion = JSON.stringify({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }] });
const events = ['{"choices":[{"delta":{"content":"Hi"}}]}', '{"choices":[{"delta":{},"finish_reason":"stop"}]}'];
const [first, ...others] = [...events, "[DONE]"].map((data) => `data: ${data}\n\n`);

export async function startCountingProvider(delayMs = 0): Promise<CountingProvider> {
  const server = createServer(async (request, response) => {
    provider.total++;
    provider.active++;
    provider.activeMax = Math.max(provider.activeMax, provider.active);
    response.once("close", () => void provider.active--);
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const isStream = Buffer.concat(pieces).includes('"stream":true');
    await pause(provider.delayMs);
    if (response.destroyed) return;
    const isError = provider.status >= 400;
    response.writeHead(provider.status, {
      "content-type": isStream && !isError ? "text/event-stream" : "application/json",
    });
    if (isError) return void response.end('{"error":{"message":"Not now"}}');
    if (!isStream) return void response.end(completion);
    response.write(first);
    await pause(provider.tailMs);
    response.end(others.join(""));
  });
  const provider: CountingProvider = {
    port: 0,
    delayMs,
    tailMs: 0,
    status: 200,
    active: 0,
    activeMax: 0,
    total: 0,
    close: () => void server.close().closeAllConnections(),
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.port = (server.address() as AddressInfo).port;
  return provider;
}
