// `weir limits`: the service that counts limits for a fleet of Envoys, in Redis; in the foreground, until Ctrl-C.
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { Command } from "commander";
import type { HostPort } from "../../../envoy/control-cluster.ts";
import type { CounterStore } from "../limits/counter-store.ts";
import { Secret } from "../model/secret.ts";
import { limitsShowCommand } from "./limits-show-command.ts";
import type { DoorTls } from "../serve/ads-door.ts";
import { readHostPort, readPositive } from "./options.ts";
import type { Terminal } from "./terminal.ts";
import { messageOf, UserError } from "./user-error.ts";

/** The token that Envoys have to show; nobody needs one without it. */
export const limitsTokenVariable = "WEIR_LIMITS_TOKEN";
const redisVariable = "WEIR_REDIS_URL";

interface Options {
  redis?: string;
  listen: HostPort;
  redisTimeout: number;
  tlsCert?: string;
  tlsKey?: string;
  tlsClientCa?: string;
}

export function limitsCommand(terminal: Terminal): Command {
  return new Command("limits")
    .addCommand(limitsShowCommand(terminal))
    .description("count limits for several Envoys in Redis or Valkey: the service that gateway.limitService names")
    .option("--redis <url>", `where Redis is: redis://host:port, rediss:// with TLS (default: ${redisVariable})`)
    .option("--listen <host:port>", "where Envoys reach it", readHostPort, { address: "127.0.0.1", port: 18_081 })
    .option("--redis-timeout <ms>", "how long Redis may take to answer", readPositive, 1000)
    .option("--tls-cert <file>", "serve TLS with this certificate, in PEM")
    .option("--tls-key <file>", "its key")
    .option("--tls-client-ca <file>", "let in only who shows a certificate that these authorities have signed")
    .action((options: Options) => run(options, terminal));
}

async function run(options: Options, terminal: Terminal): Promise<void> {
  const { address, port } = options.listen;
  const token = process.env[limitsTokenVariable];
  const tls = readTls(options);
  if (!token && !isLoopback(address) && !tls?.clientCa) {
    throw new UserError(
      `--listen ${address}:${port} would let everybody on that network change the counters. ` +
        `Set ${limitsTokenVariable} here and in Envoy's environment, or give --tls-client-ca`,
    );
  }
  const store = await openStore(options, terminal);
  // Loaded here, since no other command needs them: clients of databases take their time.
  const { LimitService } = await import("../limits/limit-service.ts");
  const service = new LimitService(store, {
    host: address,
    port,
    ...(tls && { tls }),
    token: token ? new Secret(token, { kind: "env", name: limitsTokenVariable }) : null,
    onRefuse: (peer, reason) => terminal.note(`An Envoy at ${peer} is turned away: it shows ${reason}`),
  });
  try {
    await service.listen();
  } catch (cause) {
    store.close();
    throw new UserError(`Cannot listen at ${address}:${port} (${messageOf(cause)})`, { cause });
  }
  // Until Redis is there, every answer says that it is not.
  store.connect().catch((error: unknown) => terminal.note(messageOf(error)));
  terminal.print(`Counting limits at ${address}:${service.port}${tls ? " (TLS)" : ""}`);
  await stopSignal();
  await service.close();
  store.close();
}

function readTls({ tlsCert, tlsKey, tlsClientCa }: Options): DoorTls | null {
  if (!tlsCert && !tlsKey && !tlsClientCa) return null;
  if (!tlsCert || !tlsKey) throw new UserError("--tls-cert and --tls-key belong together: give both");
  try {
    const clientCa = tlsClientCa === undefined ? {} : { clientCa: readFileSync(tlsClientCa) };
    const tls = { cert: readFileSync(tlsCert), key: readFileSync(tlsKey), ...clientCa };
    createSecureContext({ cert: tls.cert, key: tls.key, ca: clientCa.clientCa });
    return tls;
  } catch (cause) {
    throw new UserError(
      `TLS cannot be served with these files: ${messageOf(cause)}. Give certificates in PEM, and the key that belongs`,
      { cause },
    );
  }
}

async function openStore({ redis, redisTimeout }: Options, terminal: Terminal): Promise<CounterStore> {
  const url = redis ?? process.env[redisVariable];
  if (!url) throw new UserError(`No Redis is named: give --redis <url>, or set ${redisVariable}`);
  if (!/^rediss?:$/.test(URL.parse(url)?.protocol ?? "")) {
    // The URL may hold a password: it is not shown.
    throw new UserError("The URL of Redis must look like redis://host:6379, or rediss:// with TLS");
  }
  const onState = (isUp: boolean, message: string): void =>
    terminal.note(isUp ? "Redis is reached" : `Redis is not reached: ${message}`);
  const { CounterStore } = await import("../limits/counter-store.ts");
  return new CounterStore({ url, timeoutMs: redisTimeout, onState });
}

/** A name other than localhost may lead anywhere. */
function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
