// The TCP callbacks: bytes both ways, and the end of a connection.
import { connect, createServer, type Server } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectEventually, listen, runExample, type RunningExample } from "./run-example.ts";

let server: Server & { port: number };
let example: RunningExample;

beforeAll(async () => {
  server = await listen(
    createServer((socket) => {
      // A client that resets is reset at the server too.
      socket.on("error", () => undefined);
      socket.on("data", (data) => socket.write(`you said ${data}`));
    }),
  );
  example = await runExample("tcp-log", { clusters: { server: server.port } });
});
afterAll(async () => {
  await example?.stop();
  server?.close();
});

// A client that only ends its half is answered by the server's end, and the proxy closes.
test.each([
  { way: "end", by: "proxy", said: "hello" },
  { way: "resetAndDestroy", by: "client", said: "good day" },
] as const)("bytes pass and are counted, until the $by closes", async ({ way, by, said }) => {
  const socket = connect(example.port, "127.0.0.1");
  socket.write(said);
  const [answer] = await once(socket, "data");
  expect(String(answer)).toBe(`you said ${said}`);
  socket[way]();
  const line = `closed by ${by}: ${said.length} bytes from the client, ${9 + said.length} from the server`;
  await expectEventually(() => example.log.some((each) => each.includes(line)));
});

test("a TLS handshake is refused before the server sees it", async () => {
  const socket = connect(example.port, "127.0.0.1");
  socket.write(Buffer.from([22, 3, 1, 0, 5]));
  await once(socket, "close");
  await expectEventually(() => example.log.some((each) => each.includes("closed by proxy: 0 bytes from the client")));
});
