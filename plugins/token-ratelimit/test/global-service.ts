// A `weir limits` as a test plays it: the reference's counters behind Envoy's RateLimitService, at once and in memory.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { CounterOperation } from "../../../control/src/limits/counter-store.ts";
import { readRequest, type RateLimitRequest } from "../../../control/src/limits/descriptor.ts";
import { envoyRegistry } from "../../../control/src/xds/registry.ts";
import type { GrpcCall } from "../../../sdk/host/grpc-callout.ts";
import { ReferenceCounter, type Amounts } from "./reference-counter.ts";

const messageOf = (name: string) => envoyRegistry().getMessage(`envoy.service.ratelimit.v3.${name}`)!;

export class GlobalService {
  readonly requests: RateLimitRequest[] = [];
  readonly calls: GrpcCall[] = [];
  /** In place of an answer. */
  behaviour: ((call: GrpcCall, answer: () => Uint8Array) => void) | null = null;
  readonly #counters = new Map<string, ReferenceCounter>();
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

  #answer(request: RateLimitRequest): Uint8Array {
    const { operations } = readRequest(request);
    const now = this.#now();
    const fits = operations.map((operation) => this.#fits(operation, now));
    const letThrough = operations.every(({ kind, shadow }, i) => kind === "settle" || fits[i] || shadow);
    const rows = operations.map((operation, i) => this.#run(operation, letThrough, fits[i]!, now));
    return responseOf(letThrough, JSON.stringify(rows));
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
    } else if (letThrough)
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

export function responseOf(letsThrough: boolean, exact: string): Uint8Array {
  const schema = messageOf("RateLimitResponse");
  const answer = { overallCode: letsThrough ? 1 : 2, dynamicMetadata: { weir: exact } };
  return toBinary(schema, create(schema, answer as Record<string, unknown>));
}
