// HTTP calls that a plugin makes (`proxy_http_call`), answered by the test's clusters.
// A reply arrives as a network's would: never inside the call, at the earliest when the present event is over.
import { Status } from "./abi.ts";
import { toBytes, fromByteString, type BytesLike } from "./byte-string.ts";
import type { RootContext } from "./context.ts";
import { HeaderMap, type Header } from "./header-map.ts";
import type { Pairs } from "./pairs.ts";

/** What a cluster answers. `status` may instead be given as the header `:status`. */
export interface CalloutReply {
  status?: number;
  headers?: Iterable<Header>;
  body?: BytesLike;
  trailers?: Iterable<Header>;
  /** Milliseconds on the virtual clock before the answer arrives. Default 0: at the end of the present event. */
  delayMs?: number;
}

/**
 * What a cluster does instead of answering: nobody listens; it breaks the connection before, or while answering.
 * Only the last is a failure to the plugin: for the first two Envoy makes a reply of 503.
 */
export type CalloutFault = "refused" | "reset" | "reset after headers";

/** A cluster as the test plays it: returns the reply, a fault, or nothing to answer later. */
export type HttpCluster = (call: HttpCall) => CalloutReply | CalloutFault | undefined;

interface Reply {
  headers: HeaderMap;
  body: Uint8Array;
  trailers: HeaderMap | null;
}

/** A call under way. Tests find it in `host.httpCalls` and may answer it whenever they like. */
export class HttpCall {
  readonly cluster: string;
  readonly headers: [string, string][];
  readonly body: Uint8Array;
  readonly trailers: [string, string][];
  /** Milliseconds; 0: no limit. */
  readonly timeoutMs: number;
  #deliver: ((reply: CalloutReply | CalloutFault) => void) | null;

  constructor(
    call: { cluster: string; headers: HeaderMap; body: Uint8Array; trailers: HeaderMap; timeoutMs: number },
    deliver: (reply: CalloutReply | CalloutFault) => void,
  ) {
    this.cluster = call.cluster;
    this.headers = call.headers.toArray();
    this.body = call.body;
    this.trailers = call.trailers.toArray();
    this.timeoutMs = call.timeoutMs;
    this.#deliver = deliver;
  }

  /** The body as text. */
  get text(): string {
    return Buffer.from(this.body).toString("utf8");
  }

  header(name: string): string | undefined {
    return this.headers.find(([key]) => key === name)?.[1];
  }

  get isPending(): boolean {
    return this.#deliver !== null;
  }

  /** Answers the call, or fails it; a second answer is ignored. */
  reply(reply: CalloutReply | CalloutFault): void {
    const deliver = this.#deliver;
    this.#deliver = null;
    deliver?.(reply);
  }

  /** The caller is gone: nothing will be delivered. */
  cancel(): void {
    this.#deliver = null;
  }
}

/** What Envoy answers a call itself when the cluster does not. */
function ownReply(status: number, body: string): CalloutReply {
  return {
    status,
    headers: [
      ["content-length", String(body.length)],
      ["content-type", "text/plain"],
    ],
    body,
  };
}
const timeoutReply = ownReply(504, "upstream request timeout");
const unreachable = "upstream connect error or disconnect/reset before headers. reset reason: ";
const faultReplies = {
  refused: ownReply(503, `${unreachable}remote connection failure`),
  reset: ownReply(503, `${unreachable}connection termination`),
};

/** The HTTP calls of one root context. */
export class HttpCallouts {
  readonly #root: RootContext;
  readonly #pending = new Map<number, { call: HttpCall; timer: number }>();
  /** The reply being delivered: what the plugin reads as call response headers, body and trailers. */
  reply: Reply | null = null;

  constructor(root: RootContext) {
    this.#root = root;
  }

  /** Starts a call. The token, or a status when Envoy would refuse it. */
  send(cluster: string, headerPairs: Pairs, body: Uint8Array, trailerPairs: Pairs, timeoutMs: number): Sent {
    const { host } = this.#root.vm;
    const respond = host.clusters[fromByteString(cluster)];
    const headers = fromPairs(headerPairs);
    if (!respond || timeoutMs < 0) return { status: Status.BadArgument, token: 0 };
    if (!headers.has(":path") || !headers.has(":method") || !headers.has(":authority"))
      return { status: Status.BadArgument, token: 0 };
    if (body.length) headers.set("content-length", String(body.length));
    const token = this.#root.vm.nextToken(0);
    const call = new HttpCall(
      {
        cluster: fromByteString(cluster),
        headers,
        body: Uint8Array.from(body),
        trailers: fromPairs(trailerPairs),
        timeoutMs,
      },
      (reply) => this.#arrive(token, reply),
    );
    const timer = timeoutMs > 0 ? host.clock.schedule(timeoutMs, () => call.reply(timeoutReply)) : 0;
    this.#pending.set(token, { call, timer });
    host.httpCalls.push(call);
    host.post(() => this.#ask(call, respond));
    return { status: Status.Ok, token };
  }

  cancelAll(): void {
    for (const { call, timer } of this.#pending.values()) {
      call.cancel();
      this.#root.vm.host.clock.cancel(timer);
    }
    this.#pending.clear();
  }

  #ask(call: HttpCall, respond: HttpCluster): void {
    if (!call.isPending) return;
    const reply = respond(call);
    if (!reply) return;
    const delayMs = typeof reply === "string" ? 0 : (reply.delayMs ?? 0);
    if (delayMs > 0) this.#root.vm.host.clock.schedule(delayMs, () => call.reply(reply));
    else call.reply(reply);
  }

  #arrive(token: number, reply: CalloutReply | CalloutFault): void {
    const { host } = this.#root.vm;
    host.clock.cancel(this.#pending.get(token)?.timer ?? 0);
    host.post(() => this.#deliver(token, reply));
    host.runPosted();
  }

  #fail(token: number): void {
    const root = this.#root;
    root.status = { code: Status.BrokenConnection, message: "reset" };
    root.vm.defer(() => (root.status = { code: Status.BrokenConnection, message: "" }));
    root.httpCallResponse(token, 0, 0, 0);
  }

  #deliver(token: number, reply: CalloutReply | CalloutFault): void {
    if (!this.#pending.delete(token)) return;
    if (reply === "reset after headers") return this.#fail(token);
    this.reply = resolve(typeof reply === "string" ? faultReplies[reply] : reply);
    const { headers, body, trailers } = this.reply;
    this.#root.vm.defer(() => (this.reply = null));
    this.#root.httpCallResponse(token, headers.length, body.length, trailers?.length ?? 0);
  }
}

export interface Sent {
  status: number;
  token: number;
}

export function fromPairs(pairs: Pairs): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of pairs) map.add(name, value);
  return map;
}

function resolve(reply: CalloutReply): Reply {
  const headers = HeaderMap.from(reply.headers ?? []);
  if (!headers.has(":status")) headers.set(":status", String(reply.status ?? 200));
  return {
    headers,
    body: toBytes(reply.body ?? ""),
    trailers: reply.trailers ? HeaderMap.from(reply.trailers) : null,
  };
}
