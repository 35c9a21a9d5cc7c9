// A `weir limits` as a test plays it: the reference's counters behind Envoy's RateLimitService, at once and in memory.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { CounterOperation } from "../../../control/src/limits/counter-store.ts";
import {
  partsOf,
  readRequest,
  type RateLimitRequest,
  type ReadRequest,
} from "../../../control/src/limits/descriptor.ts";
import { envoyRegistry } from "../../../control/src/xds/registry.ts";
import type { GrpcCall } from "../../../sdk/host/grpc-callout.ts";
import { ReferenceCounter, type Amounts } from "./reference-counter.ts";

const messageOf = (name: string) => envoyRegistry().getMessage(`envoy.service.ratelimit.v3.${name}`)!;

interface Taken {
  time: number;
  wall: number;
}

export class GlobalService {
  readonly requests: RateLimitRequest[] = [];
  readonly calls: GrpcCall[] = [];
  /** In place of an answer. */
  behaviour: ((call: GrpcCall, answer: () => Uint8Array) => void) | null = null;
  readonly #counters = new Map<string, ReferenceCounter>();
  readonly #seen = new Map<string, CounterOperation["windows"]>();
  /** What is open, by its name: when each counter has taken it. Null where nothing may be done any more. */
  readonly #open = new Map<string, Taken[] | null>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  readonly take = (call: GrpcCall): void => {
    this.calls.push(call);
    call.onMessage = (message) => {
      const request = fromBinary(messageOf("RateLimitRequest"), message) as unknown as RateLimitRequest;
      this.requests.push(request);
      const answer = (): Uint8Array => this.#answer(request);
      if (this.behaviour) this.behaviour(call, answer);
      else call.send(answer());
    };
  };

  /** What a counter has left of a window, as somebody else would see it. */
  remaining(limit: string, counter = ""): number[] {
    const key = `{weir:weir}:${limit}:${counter && Buffer.from(counter).toString("base64")}`;
    return this.#seen.get(key)?.map((window) => this.#counters.get(key)!.remaining(window, this.#now())) ?? [];
  }

  /** What all of a request belongs to: the name of the reservation, and which attempt it is. */
  aside(number: number): (string | undefined)[] {
    const others = (this.requests[number]?.descriptors ?? []).filter((descriptor) => !isOfLimit(descriptor));
    const fields = new Map(others.flatMap(({ entries }) => entries).map(({ key, value }) => [key, value]));
    return [fields.get("reservation"), fields.get("attempt")];
  }

  /** How many reservations each request was about, from number `from` on. */
  sizes(from: number): number[] {
    const names = (request: RateLimitRequest) =>
      request.descriptors.filter(({ entries }) => has(entries, "reservation"));
    return this.requests.slice(from).map((request) => names(request).length);
  }

  /** How many reservations nobody has settled. */
  get openCount(): number {
    return [...this.#open.values()].filter((taken) => taken !== null).length;
  }

  #answer(request: RateLimitRequest): Uint8Array {
    const parts = partsOf(request).map((part) => this.#answerPart(part));
    const [first] = parts;
    if (parts.length === 1) return responseOf(first!.letThrough, JSON.stringify(first!.rows));
    const exact = parts.map(({ isSettled, rows }) => (isSettled ? "0" : JSON.stringify(rows)));
    return responseOf(true, exact);
  }

  #answerPart(request: RateLimitRequest): { letThrough: boolean; isSettled: boolean; rows: number[][] } {
    const { operations, reservation } = readRequest(request);
    for (const { key, windows } of operations) this.#seen.set(key, windows);
    const done = this.#doneBefore(operations, reservation);
    const now = this.#now();
    const fits = operations.map((operation) => this.#fits(operation, now));
    const letThrough = operations.every(({ kind, shadow }, i) => kind === "settle" || fits[i] || shadow);
    const rows = done.map((operation, i) => this.#run(operation, letThrough, fits[i]!, now));
    if (reservation?.attempt === "first" && letThrough && operations[0]?.kind === "reserve") {
      const taken = rows.map(([, time, wall]) => ({ time: time!, wall: wall! }));
      if (!this.#open.has(reservation.key)) this.#open.set(reservation.key, taken);
    }
    return { letThrough, rows, isSettled: operations.every(({ kind }) => kind === "settle") };
  }

  /** What is to be done where some of it may have been done before; what has been is only asked for. */
  #doneBefore(operations: CounterOperation[], reservation: ReadRequest["reservation"]): CounterOperation[] {
    if (!reservation) return operations;
    const { key, attempt } = reservation;
    const taken = this.#open.get(key);
    const asked = operations.map((operation): CounterOperation => ({ ...operation, kind: "ask" }));
    if (attempt !== "first") this.#open.set(key, null);
    if (attempt === "undo") return taken ? operations.map((operation, i) => undone(operation, taken[i]!)) : asked;
    if (taken === null || (attempt === "again" && !taken)) return asked;
    if (operations[0]?.kind === "settle" && attempt === "first") this.#open.delete(key);
    return operations;
  }

  #counter({ key }: CounterOperation): ReferenceCounter {
    const counter = this.#counters.get(key) ?? new ReferenceCounter();
    this.#counters.set(key, counter);
    return counter;
  }

  #fits(operation: CounterOperation, now: number): boolean {
    const counter = this.#counter(operation);
    return operation.windows.every((window) => counter.remaining(window, now) >= window.amount);
  }

  #run(operation: CounterOperation, letThrough: boolean, fits: boolean, now: number): number[] {
    const { windows, kind, time = 0, wall = 0 } = operation;
    const counter = this.#counter(operation);
    const amountsOf = (pick: (window: (typeof windows)[number]) => number): Amounts =>
      Object.fromEntries(windows.map((window) => [window.unit, pick(window)]));
    const before = windows.map((window) => counter.retryMs(window, window.amount, now));
    let taken = { time: now, wall: now };
    if (kind === "settle") {
      const amounts = amountsOf(({ reserved }) => reserved ?? 0);
      counter.settle(
        windows,
        { time, wall, amounts },
        amountsOf(({ amount }) => amount),
        now,
      );
    } else if (letThrough && kind === "reserve")
      taken = counter.reserve(
        windows,
        amountsOf(({ amount }) => amount),
        now,
        true,
      )!;
    const numbers = windows.flatMap((window, i) => [
      counter.remaining(window, now),
      counter.resetMs(window, now),
      before[i] ?? -1,
      Number(kind === "settle" || before[i] === 0),
    ]);
    return [Number(fits), taken.time, taken.wall, ...numbers];
  }
}

function undone(operation: CounterOperation, taken: Taken): CounterOperation {
  const windows = operation.windows.map((window) => ({ ...window, amount: 0, reserved: window.amount }));
  return { ...operation, ...taken, kind: "settle", windows };
}

type Entries = RateLimitRequest["descriptors"][number]["entries"];

const has = (entries: Entries, wanted: string): boolean => entries.some(({ key }) => key === wanted);

export const isOfLimit = ({ entries }: { entries: Entries }): boolean => has(entries, "limit");

export function responseOf(letsThrough: boolean, exact: string | string[]): Uint8Array {
  const schema = messageOf("RateLimitResponse");
  const answer = { overallCode: letsThrough ? 1 : 2, dynamicMetadata: { weir: exact } };
  return toBinary(schema, create(schema, answer as Record<string, unknown>));
}
