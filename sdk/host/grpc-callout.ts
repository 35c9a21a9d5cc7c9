// gRPC calls and streams that a plugin opens (`proxy_grpc_call`, `proxy_grpc_stream`), answered by the test's services.
// Messages are the bytes inside the gRPC frame. Answers arrive after the present event, as from a network.
import { GrpcStatus, Status } from "./abi.ts";
import { fromByteString, toBytes, type BytesLike } from "./byte-string.ts";
import type { RootContext } from "./context.ts";
import { HeaderMap, type Header } from "./header-map.ts";
import { fromPairs, type Sent } from "./http-callout.ts";
import type { Pairs } from "./pairs.ts";
import { grpcServiceCluster } from "./protobuf.ts";

/** A gRPC service as the test plays it: called once for each call or stream, at its start. */
export type GrpcCluster = (call: GrpcCall) => void;

/** A call or stream under way. `isStream` tells them apart. */
export class GrpcCall {
  readonly cluster: string;
  readonly service: string;
  readonly method: string;
  readonly metadata: [string, string][];
  readonly isStream: boolean;
  /** What the plugin sent, in order. */
  readonly received: Uint8Array[] = [];
  /** The plugin has finished sending. */
  receivedEnd = false;
  /** Why it is over: the gRPC status, or "cancelled" by the plugin. */
  ended: number | "cancelled" | null = null;
  /** Called for each message that the plugin sends; a unary call's only message comes right after the start. */
  onMessage: ((message: Uint8Array) => void) | null = null;
  /** Called when the plugin has finished sending. */
  onEnd: (() => void) | null = null;
  readonly #deliver: (event: GrpcEvent) => void;

  constructor(
    call: { cluster: string; service: string; method: string; metadata: HeaderMap; isStream: boolean },
    deliver: (event: GrpcEvent) => void,
  ) {
    this.cluster = call.cluster;
    this.service = call.service;
    this.method = call.method;
    this.metadata = call.metadata.toArray();
    this.isStream = call.isStream;
    this.#deliver = deliver;
  }

  /** Sends response headers (streams only: a unary call's are not shown to the plugin). */
  sendMetadata(metadata: Iterable<Header>): void {
    if (this.isStream) this.#deliver({ kind: "initialMetadata", metadata: HeaderMap.from(metadata) });
  }

  /** Sends a message. For a unary call that is its success. */
  send(message: BytesLike): void {
    this.#deliver({ kind: "message", message: toBytes(message) });
    if (!this.isStream) this.ended = GrpcStatus.Ok;
  }

  /** Ends it with a status; for a unary call with `status` 0 use send(). */
  close(status: number, message = "", trailers: Iterable<Header> = []): void {
    if (this.ended !== null) return;
    if (this.isStream) this.#deliver({ kind: "trailingMetadata", metadata: HeaderMap.from(trailers) });
    this.#deliver({ kind: "close", status, message: withDetails(message) });
    this.ended = status;
  }
}

type GrpcEvent =
  | { kind: "initialMetadata"; metadata: HeaderMap }
  | { kind: "trailingMetadata"; metadata: HeaderMap }
  | { kind: "message"; message: Uint8Array }
  | { kind: "close"; status: number; message: string };

/** The gRPC calls of one root context. */
export class GrpcCallouts {
  readonly #root: RootContext;
  readonly #open = new Map<number, { call: GrpcCall; timer: number; localClosed: boolean }>();
  initialMetadata: HeaderMap | null = null;
  trailingMetadata: HeaderMap | null = null;
  message: Uint8Array | null = null;

  constructor(root: RootContext) {
    this.#root = root;
  }

  /** Starts a unary call with `request`, or a stream when it is null. `service` is a serialized GrpcService. */
  start(target: { service: Uint8Array; name: string; method: string }, metadata: Pairs, unary: Unary | null): Sent {
    const { host } = this.#root.vm;
    const named = Buffer.from(target.service).toString("latin1");
    const cluster = grpcServiceCluster(target.service) ?? (host.grpcClusters[fromByteString(named)] ? named : null);
    if (cluster === null) return { status: Status.ParseFailure, token: 0 };
    const token = this.#root.vm.nextToken(unary ? 1 : 2);
    const call = new GrpcCall(
      {
        cluster: fromByteString(cluster),
        service: fromByteString(target.name),
        method: fromByteString(target.method),
        metadata: fromPairs(metadata),
        isStream: unary === null,
      },
      (event) => this.#arrive(token, event),
    );
    if (unary) {
      call.received.push(Uint8Array.from(unary.request));
      call.receivedEnd = true;
    }
    return this.#launch(token, call, unary?.timeoutMs ?? 0);
  }

  #launch(token: number, call: GrpcCall, timeoutMs: number): Sent {
    const { host } = this.#root.vm;
    const service = host.grpcClusters[call.cluster];
    if (!service) {
      // Envoy reports the missing cluster as a closed call, and the call itself as failed.
      this.#open.set(token, { call, timer: 0, localClosed: false });
      this.#root.vm.defer(() => this.#deliver(token, unavailable));
      return { status: Status.InternalFailure, token };
    }
    const timer = timeoutMs > 0 ? host.clock.schedule(timeoutMs, () => this.#timeOut(token)) : 0;
    this.#open.set(token, { call, timer, localClosed: false });
    host.grpcCalls.push(call);
    host.post(() => service(call));
    for (const message of call.received) this.#tell(call, message, true);
    return { status: Status.Ok, token };
  }

  send(token: number, message: Uint8Array, endOfStream: boolean): number {
    if ((token & 3) !== 2) return Status.BadArgument;
    const entry = this.#open.get(token);
    if (!entry) return Status.NotFound;
    const { call } = entry;
    const copy = Uint8Array.from(message);
    call.received.push(copy);
    call.receivedEnd ||= endOfStream;
    this.#tell(call, copy, endOfStream);
    return Status.Ok;
  }

  /** Tells the service, after the present event. */
  #tell(call: GrpcCall, message: Uint8Array, endOfStream: boolean): void {
    this.#root.vm.host.post(() => {
      call.onMessage?.(message);
      if (endOfStream) call.onEnd?.();
    });
  }

  /** Half-closes a stream, or ends a unary call. */
  close(token: number): number {
    if ((token & 3) !== 2) return this.cancel(token);
    const entry = this.#open.get(token);
    if (!entry) return Status.NotFound;
    this.#root.vm.host.post(() => entry.call.onEnd?.());
    entry.call.receivedEnd = true;
    entry.localClosed = true;
    if (entry.call.ended !== null) this.#open.delete(token);
    return Status.Ok;
  }

  cancel(token: number): number {
    if ((token & 3) === 0 || (token & 3) === 3) return Status.BadArgument;
    const entry = this.#open.get(token);
    if (!entry) return Status.NotFound;
    entry.call.ended ??= "cancelled";
    this.#forget(token);
    return Status.Ok;
  }

  cancelAll(): void {
    for (const token of [...this.#open.keys()]) this.cancel(token);
  }

  #timeOut(token: number): void {
    const entry = this.#open.get(token);
    if (!entry || entry.call.ended !== null) return;
    this.#arrive(token, timedOut);
    entry.call.ended = timedOut.status;
  }

  #arrive(token: number, event: GrpcEvent): void {
    if (this.#open.get(token)?.call.ended !== null) return;
    this.#root.vm.host.post(() => this.#deliver(token, event));
    this.#root.vm.host.runPosted();
  }

  #deliver(token: number, event: GrpcEvent): void {
    if (!this.#open.has(token)) return;
    const root = this.#root;
    if (event.kind === "message") {
      this.message = event.message;
      if ((token & 3) === 1) this.#forget(token);
      root.grpcEvent("proxy_on_grpc_receive", token, event.message.length);
      this.message = null;
    } else if (event.kind === "initialMetadata") {
      this.initialMetadata = event.metadata;
      root.grpcEvent("proxy_on_grpc_receive_initial_metadata", token, event.metadata.length);
      this.initialMetadata = null;
    } else if (event.kind === "trailingMetadata") {
      this.trailingMetadata = event.metadata;
      root.grpcEvent("proxy_on_grpc_receive_trailing_metadata", token, event.metadata.length);
      this.trailingMetadata = null;
    } else this.#closed(token, event.status, event.message);
  }

  #closed(token: number, status: number, message: string): void {
    const root = this.#root;
    root.status = { code: status, message };
    this.#forget(token);
    root.grpcEvent("proxy_on_grpc_close", token, status);
    root.status = { code: status, message: "" };
  }

  #forget(token: number): void {
    this.#root.vm.host.clock.cancel(this.#open.get(token)?.timer ?? 0);
    this.#open.delete(token);
  }
}

export interface Unary {
  request: Uint8Array;
  timeoutMs: number;
}

/** Envoy adds where a status came from. */
function withDetails(message: string): string {
  return message ? `${message}{via_upstream}` : "via_upstream";
}

/** Envoy's own timeout, not the protocol's: the status is Internal. */
const timedOut = { kind: "close", status: GrpcStatus.Internal, message: "response_timeout" } as const;

const unavailable: GrpcEvent = { kind: "close", status: GrpcStatus.Unavailable, message: "Cluster not available" };
