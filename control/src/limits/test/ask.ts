// A client of the RateLimitService, as Envoy is one.
import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { envoyRegistry } from "../../xds/registry.ts";

export interface Window {
  limit?: string;
  counter?: string;
  window: string;
  max: number;
  shadow?: boolean;
  lease?: string;
  /** Negative: given back. Absent: the protocol's default. */
  hits?: number;
}

export interface Answer {
  overallCode: number;
  statuses: { code: number; limitRemaining: number; durationUntilReset?: { seconds: bigint; nanos: number } }[];
  /** A row for each counter: let through, time, wall, and remaining, reset, retry, fits for each window. */
  rows: number[][];
}

/** Makes what is sent twice be done once. */
export interface Attempt {
  reservation: string;
  attempt?: "again" | "undo";
}

export interface Caller {
  ask(...windows: Window[]): Promise<Answer>;
  once(attempt: Attempt, ...windows: Window[]): Promise<Answer>;
  raw(request: object): Promise<Answer>;
  /** Several as one; what is answered to each: a row for each counter, or a gRPC code. */
  all(...several: [Attempt, ...Window[]][]): Promise<(number[][] | number)[]>;
}

type Response = Answer & { dynamicMetadata?: { weir?: string | string[] } };

export function callerOf(
  port: number,
  { token, timeoutMs = 5000 }: { token?: string; timeoutMs?: number } = {},
): Caller {
  const service = envoyRegistry().getService("envoy.service.ratelimit.v3.RateLimitService")!;
  const requestSchema = envoyRegistry().getMessage("envoy.service.ratelimit.v3.RateLimitRequest")!;
  const client = createClient(service, createGrpcTransport({ baseUrl: `http://127.0.0.1:${port}` })) as unknown as {
    shouldRateLimit(request: object, options: object): Promise<Response>;
  };
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const call = (request: object): Promise<Response> =>
    client.shouldRateLimit(create(requestSchema, request as Record<string, unknown>), { headers, timeoutMs });
  const raw = async (request: object): Promise<Answer> => {
    const answer = await call(request);
    return { ...answer, rows: JSON.parse(String(answer.dynamicMetadata?.weir ?? "[]")) as number[][] };
  };
  const ask = (...windows: Window[]): Promise<Answer> =>
    raw({ domain: "test", descriptors: windows.map(descriptorOf), hitsAddend: 0 });
  const once = (attempt: Attempt, ...windows: Window[]): Promise<Answer> =>
    raw({ domain: "test", descriptors: named(attempt, windows) });
  const all: Caller["all"] = async (...several) => {
    const descriptors = several.flatMap(([attempt, ...windows]) => named(attempt, windows));
    const { dynamicMetadata } = await call({ domain: "test", descriptors });
    return [dynamicMetadata?.weir ?? []].flat().map((text) => JSON.parse(text) as number[][] | number);
  };
  return { ask, once, raw, all };
}

const named = (attempt: Attempt, windows: Window[]): object[] => [
  ...windows.map(descriptorOf),
  ...Object.entries(attempt).map(aside),
];

const aside = ([key, value]: [string, string]): object => ({ entries: [{ key, value }] });

function descriptorOf({ limit = "l", counter = "", window, max, shadow, lease, hits }: Window): object {
  const entries = {
    limit,
    counter,
    window,
    max: String(max),
    ...(shadow && { shadow: "true" }),
    ...(lease && { lease }),
  };
  return {
    entries: Object.entries(entries).map(([key, value]) => ({ key, value })),
    ...(hits !== undefined && { hitsAddend: BigInt(Math.abs(hits)), isNegativeHits: hits < 0 }),
  };
}

/** The lease that settles what `answer` has let through, for its counter number `index`. */
export function leaseOf({ rows }: Answer, reserved: number, index = 0): string {
  return `${rows[index]![1]}:${rows[index]![2]}:${reserved}`;
}
