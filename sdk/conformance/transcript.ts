// What came of a scenario: what client and provider saw, what was logged and counted. The hosts are compared by it.

export interface SeenMessage {
  /** `name: value`, sorted, without what connections and Envoy itself add. */
  headers: string[];
  body: string;
  trailers: string[];
  /** It was broken off before its end. */
  isBroken: boolean;
}

export interface SeenExchange {
  /** What the client got; status 0: no answer. */
  client: SeenMessage & { status: number };
  /** What the provider got; null: nothing reached it. */
  provider: SeenMessage | null;
  /** The access log: `<status> <details> <filter state wasm.note>`. */
  accessLog: string;
}

export interface Transcript {
  exchanges: SeenExchange[];
  /** What each plugin logged, in order. */
  logs: string[][];
  /** Callouts that arrived: `cluster method path body`. */
  callouts: string[];
  metrics: Record<string, number>;
  tcp: { client: string; provider: string };
}

/** A transcript in short: what scenarios expect. Texts above 80 characters are shortened. */
export interface Summary {
  /** `<status> <body>` for each exchange. */
  client: string[];
  /** `<method> <path> <body>` for each exchange, or `nothing`. */
  provider: string[];
  /** Status and cause where the provider's answer did not simply pass: `503 wasm_fail_stream -`. */
  accessLog: string[];
  /** What the scripts found out: the log without the events. */
  said: string[];
  callouts: string[];
  metrics: Record<string, number>;
  tcp: { client: string; provider: string };
}

export function summary({ exchanges, logs, callouts, metrics, tcp }: Transcript): Summary {
  return {
    client: exchanges.map(({ client }) => ended(`${client.status} ${short(client.body)}`, client)),
    provider: exchanges.map(({ provider }) => (provider ? ended(received(provider), provider) : "nothing")),
    accessLog: exchanges.map(({ accessLog }) => accessLog),
    said: logs.flat().filter((line) => !line.startsWith("> ")),
    callouts,
    metrics,
    tcp,
  };
}

function received({ headers, body }: SeenMessage): string {
  const value = (name: string) => headers.find((line) => line.startsWith(name))?.slice(name.length) ?? "-";
  return `${value(":method: ")} ${value(":path: ")} ${short(body)}`;
}

function ended(text: string, { isBroken }: SeenMessage): string {
  return isBroken ? `${text.trimEnd()} (broken off)` : text.trimEnd();
}

function short(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 8)}… (${text.length})`;
}

/** Of connections, of node's servers and clients, and of Envoy: not the plugin's doing. */
const incidental =
  /^(connection|keep-alive|transfer-encoding|date|server|trailer|te|x-request-id|x-forwarded-proto|x-forwarded-for|x-envoy-.*|:scheme)$/;

export function seenHeaders(headers: Iterable<readonly [string, string]>): string[] {
  return [...headers]
    .filter(
      ([name, value]) => !incidental.test(name.toLowerCase()) && name !== ":status" && !isEmptyLength(name, value),
    )
    .map(([name, value]) => `${name.toLowerCase() === "host" ? ":authority" : name.toLowerCase()}: ${value}`)
    .sort();
}

/** HTTP/1 codecs say so of messages without a body, or do not. */
function isEmptyLength(name: string, value: string): boolean {
  return name.toLowerCase() === "content-length" && value === "0";
}

/** A line `all a=b|c=d` that a script logged, without incidental headers and sorted. */
export function seenLog(line: string): string {
  if (!line.startsWith("all ")) return line;
  const fields = line
    .slice(4)
    .split("|")
    .filter((field) => !incidental.test(field.split("=")[0]!));
  return `all ${fields.join("|")}`;
}
