// Envoy's RateLimitService over the counters in Redis. It keeps nothing itself: any number of them may stand behind one
// address, and each may go at any time.
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { AdsDoor, type TcpDoor } from "../serve/ads-door.ts";
import { envoyRegistry } from "../xds/registry.ts";
import type { CounterOperation, CounterState, CounterStore, WindowState } from "./counter-store.ts";
import {
  MalformedDescriptor,
  partsOf,
  readRequest,
  type Place,
  type RateLimitRequest,
  type ReadRequest,
} from "./descriptor.ts";

const serviceName = "envoy.service.ratelimit.v3.RateLimitService";

/** Where the answer has exact numbers, in dynamic metadata: those of the protocol end at 2³². */
export const metadataKey = "weir";

const ok = 1;
const overLimit = 2;
const uint32Max = 2 ** 32 - 1;

export class LimitService {
  readonly #store: CounterStore;
  readonly #door: AdsDoor;

  constructor(store: CounterStore, door: TcpDoor) {
    this.#store = store;
    const grpcOnly = { grpc: true, grpcWeb: false, connect: false };
    this.#door = new AdsDoor(door, connectNodeAdapter({ routes: (router) => this.#routes(router), ...grpcOnly }));
  }

  get port(): number {
    return this.#door.port;
  }

  async listen(): Promise<void> {
    await this.#door.listen();
  }

  async close(): Promise<void> {
    await this.#door.close();
  }

  #routes(router: ConnectRouter): void {
    const service = envoyRegistry().getService(serviceName);
    if (!service) throw new Error(`${serviceName} is not in control/proto/envoy.binpb`);
    const shouldRateLimit = (request: unknown, context: HandlerContext) =>
      this.#answer(request as RateLimitRequest, context.signal);
    // The service is known at run time only, so no type can say what its methods are.
    router.service(service, { shouldRateLimit } as never);
  }

  async #answer(request: RateLimitRequest, signal: AbortSignal): Promise<object> {
    try {
      const parts = partsOf(request);
      if (parts.length > 1) return await this.#answerParts(parts, signal);
      const read = readRequest(request);
      const { operations, places } = read;
      const states = operations.length > 0 ? await this.#run(read, signal) : [];
      return responseOf(operations, states, places);
    } catch (error) {
      throw toConnectError(error);
    }
  }

  /** Each by itself, in their order; what cannot be done of them does not touch the others. */
  async #answerParts(parts: RateLimitRequest[], signal: AbortSignal): Promise<object> {
    const answers = await Promise.allSettled(parts.map((part) => this.#answerPart(part, signal)));
    const failures = answers.filter((answer) => answer.status === "rejected");
    if (failures.length === answers.length) throw failures[0]?.reason;
    const exact = answers.map((answer) =>
      answer.status === "fulfilled" ? answer.value : String(toConnectError(answer.reason).code),
    );
    return { overallCode: ok, dynamicMetadata: { [metadataKey]: exact } };
  }

  /** What it says exactly; for a settlement only that it is done. */
  async #answerPart(part: RateLimitRequest, signal: AbortSignal): Promise<string> {
    const read = readRequest(part);
    const states = await this.#run(read, signal);
    const isSettled = read.operations.every(({ kind }) => kind === "settle");
    return isSettled ? "0" : JSON.stringify(states.map(rowOf));
  }

  /** What comes too late for whoever asked is given back: nobody will settle it. */
  async #run(request: ReadRequest, signal: AbortSignal): Promise<CounterState[]> {
    const { operations, reservation } = request;
    const onLate = (states: CounterState[]): void => void this.#giveBack(request, states);
    const states = await this.#store.run(operations, { ...(reservation && { reservation }), onLate });
    if (signal.aborted) onLate(states);
    return states;
  }

  async #giveBack({ operations, reservation }: ReadRequest, states: CounterState[]): Promise<void> {
    if (!isLetThrough(operations, states)) return;
    const isReserved = operations.every(({ kind }) => kind === "reserve");
    const undo = isReserved && reservation && { reservation: { ...reservation, attempt: "undo" as const } };
    const back = undo ? operations : operations.flatMap((operation, index) => unused(operation, states[index]!));
    // Without Redis whoever asked gives it back, or the lease ends by itself.
    if (back.length > 0) await this.#store.run(back, { ...undo }).catch(() => undefined);
  }
}

function toConnectError(error: unknown): ConnectError {
  if (error instanceof MalformedDescriptor) return new ConnectError(error.message, Code.InvalidArgument);
  return new ConnectError(error instanceof Error ? error.message : "Redis cannot be asked", Code.Unavailable);
}

function unused({ kind, leases, key, windows }: CounterOperation, { time, wall }: CounterState): CounterOperation[] {
  if (kind !== "reserve" || !leases) return [];
  const none = windows.map((window) => ({ ...window, amount: 0, reserved: window.amount }));
  return [{ key, kind: "settle", time, wall, windows: none }];
}

function isLetThrough(operations: CounterOperation[], states: CounterState[]): boolean {
  return states.every(({ letsThrough }, index) => letsThrough || operations[index]?.shadow === true);
}

function responseOf(operations: CounterOperation[], states: CounterState[], places: (Place | null)[]): object {
  const exact = JSON.stringify(states.map(rowOf));
  return {
    overallCode: isLetThrough(operations, states) ? ok : overLimit,
    statuses: places.map((place) => (place ? statusOf(operations, states, place) : { code: ok })),
    dynamicMetadata: { [metadataKey]: exact },
  };
}

/** As numbers alone, so that the plugin reads it with little work. */
function rowOf({ letsThrough, time, wall, windows }: CounterState): number[] {
  const numbers = windows.flatMap(({ remaining, resetMs, retryMs, fits }) => [
    remaining,
    resetMs,
    retryMs ?? -1,
    Number(fits),
  ]);
  return [Number(letsThrough), time, wall, ...numbers];
}

/** `RateLimitResponse.RateLimit.Unit` */
const units = { second: 1, minute: 2, hour: 3, day: 4, week: 7, month: 5 } as const;

function statusOf(operations: CounterOperation[], states: CounterState[], place: Place): object {
  const operation = operations[place.operation]!;
  const window = operation.windows[place.window]!;
  const state = states[place.operation]!.windows[place.window]!;
  return {
    code: state.fits || operation.shadow === true ? ok : overLimit,
    currentLimit: {
      name: operation.key,
      requestsPerUnit: Math.min(window.limit, uint32Max),
      unit: window.period ? units[window.period] : 0,
    },
    limitRemaining: Math.min(state.remaining, uint32Max),
    durationUntilReset: durationOf(state),
  };
}

function durationOf({ resetMs }: WindowState): object {
  return { seconds: BigInt(Math.floor(resetMs / 1000)), nanos: (resetMs % 1000) * 1_000_000 };
}
