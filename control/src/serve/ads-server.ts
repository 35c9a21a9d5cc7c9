// The aggregated discovery service over gRPC: what Envoys connect to. It holds the newest snapshot and the sessions;
// what a session may be told and when is in session.ts, who may open one in ads-door.ts.
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import type { ConnectRouter } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { envoyRegistry } from "../xds/registry.ts";
import type { Resources } from "../xds/resources.ts";
import { AdsDoor, type AdsDoorOptions } from "./ads-door.ts";
import type { Change } from "./channel.ts";
import { envoyStatus, roleOf, type EnvoyStatus } from "./envoy-status.ts";
import { Outbox } from "./outbox.ts";
import { delta, type EnvoyNode, type Protocol, stateOfTheWorld, type XdsRequest } from "./protocol.ts";
import { type Fleet, Session } from "./session.ts";
import { buildSnapshot, type RefusedResource, type Snapshot } from "./snapshot.ts";

const serviceName = "envoy.service.discovery.v3.AggregatedDiscoveryService";

/** How long an Envoy that left stays in the status, so that a vanished one is noticed. */
const departedForMs = 60 * 60 * 1000;

export type CallerHandler = (request: Http2ServerRequest, response: Http2ServerResponse) => void;

export interface AdsServerOptions {
  /** Takes the secrets out of Envoy's words, which may quote what it was sent. Default: as they are. */
  redact?(text: string): string;
  /** Answers what is no discovery: requests that Envoys send on, below `/callers/`. */
  onCallerRequest?: CallerHandler;
  /** Called when an Envoy has refused a resource. */
  onReject?(envoyId: string, typeUrl: string, name: string, message: string): void;
  /** What else Envoys may ask at the same doors. */
  routes?(router: ConnectRouter): void;
}

type AnySession = Session<XdsRequest>;

export class AdsServer {
  readonly #options: AdsServerOptions;
  readonly #handler: CallerHandler;
  readonly #doors: AdsDoor[] = [];
  readonly #sessions = new Set<AnySession>();
  readonly #departed = new Map<string, { session: AnySession; at: Date }>();
  readonly #fleet: Fleet;
  #rejections = 0;

  constructor(options: AdsServerOptions = {}) {
    this.#options = options;
    this.#fleet = {
      snapshot: new Map(),
      stages: [],
      lastGood: new Map(),
      redact: (text) => options.redact?.(text) ?? text,
      onReject: (session, typeUrl, change, message) => this.#onReject(session.node, typeUrl, change, message),
    };
    const grpcOnly = { grpc: true, grpcWeb: false, connect: false };
    const discovery = connectNodeAdapter({ routes: (router) => this.#routes(router), ...grpcOnly });
    this.#handler = (request, response) => {
      const answer = request.url.startsWith("/callers/") ? options.onCallerRequest : undefined;
      if (answer) answer(request, response);
      else discovery(request, response);
    };
  }

  /**
   * Tells every Envoy, now and whenever one connects. Envoys that are connected are led through `stages` one by one,
   * each as soon as it has answered the one before; the last is what holds from then on. A resource that does not fit
   * Envoy's message definitions is replaced by its last version, or left out, and returned.
   */
  publish(...stages: Resources[]): RefusedResource[] {
    const refused = new Map<string, RefusedResource>();
    let last = this.#fleet.snapshot;
    this.#fleet.stages = stages.map((resources) => {
      const built = buildSnapshot(resources, last);
      for (const one of built.refused) refused.set(`${one.typeUrl} ${one.name}`, one);
      return (last = built.snapshot);
    });
    this.#fleet.snapshot = this.#fleet.stages.at(-1) ?? this.#fleet.snapshot;
    forgetRemoved(this.#fleet.lastGood, this.#fleet.snapshot);
    for (const session of this.#sessions) session.publish();
    return [...refused.values()];
  }

  /** Every Envoy that is connected, and those that left within the last hour. */
  status(): EnvoyStatus[] {
    const connected = [...this.#sessions].map((session) => envoyStatus(session, null));
    const ids = new Set(connected.map(({ id }) => id));
    const departed = [...this.#departed.values()]
      .filter(({ session }) => !ids.has(session.node?.id ?? ""))
      .map(({ session, at }) => envoyStatus(session, at));
    return [...connected, ...departed];
  }

  /**
   * Whether the Envoy `id`, or each that is connected, has taken or refused everything that was published last. What a
   * service for limits takes nobody waits for: until it has, the plugin does without.
   */
  isSettled(id: string | null): boolean {
    const envoys = [...this.#sessions].filter((session) => roleOf(session) === "envoy");
    if (id === null) return envoys.every((session) => session.isSettled());
    return envoys.find(({ node }) => node?.id === id)?.isSettled() ?? false;
  }

  get snapshot(): Snapshot {
    return this.#fleet.snapshot;
  }

  /** How many resources Envoys have refused since the start. Any is a bug. */
  get rejections(): number {
    return this.#rejections;
  }

  /** Opens one more way in. Gives its port, 0 for a socket. */
  async listen(options: AdsDoorOptions): Promise<{ port: number }> {
    const door = new AdsDoor(options, this.#handler);
    await door.listen();
    this.#doors.push(door);
    return { port: door.port };
  }

  async close(): Promise<void> {
    await Promise.all(this.#doors.map((door) => door.close()));
  }

  #routes(router: ConnectRouter): void {
    const service = envoyRegistry().getService(serviceName);
    if (!service) throw new Error(`${serviceName} is not in control/proto/envoy.binpb`);
    const methods = {
      streamAggregatedResources: (requests: unknown) => this.#serve(stateOfTheWorld, requests),
      deltaAggregatedResources: (requests: unknown) => this.#serve(delta, requests),
    };
    // The service is known at run time only, so no type can say what its methods are.
    router.service(service, methods as never);
    this.#options.routes?.(router);
  }

  /** Runs one stream: requests in, responses out, until either side ends it. */
  async *#serve<Request extends XdsRequest>(protocol: Protocol<Request>, requests: unknown): AsyncGenerator<object> {
    const outbox = new Outbox<object>();
    const session = new Session(protocol, this.#fleet, (response) => outbox.put(response));
    this.#sessions.add(session as unknown as AnySession);
    // Whatever `receive` throws is a bug, and ends the process with its stack.
    void this.#receive(session, requests as AsyncIterable<Request>).finally(() => outbox.end());
    try {
      yield* outbox;
    } finally {
      this.#depart(session as unknown as AnySession);
    }
  }

  async #receive<Request extends XdsRequest>(session: Session<Request>, requests: AsyncIterable<Request>) {
    const iterator = requests[Symbol.asyncIterator]();
    for (;;) {
      // A lost connection is how most streams end.
      const next = await iterator.next().catch(() => null);
      if (!next || next.done) return;
      session.receive(next.value);
    }
  }

  #depart(session: AnySession): void {
    this.#forgetOld();
    session.close();
    this.#sessions.delete(session);
    if (session.node) this.#departed.set(session.node.id, { session, at: new Date() });
  }

  #forgetOld(): void {
    const oldest = Date.now() - departedForMs;
    for (const [id, { at }] of this.#departed) if (at.getTime() < oldest) this.#departed.delete(id);
  }

  #onReject(node: EnvoyNode | null, typeUrl: string, { name }: Change, message: string): void {
    this.#rejections++;
    this.#options.onReject?.(node?.id ?? "", typeUrl, name, message);
  }
}

/** A resource that is no longer published needs no good version to fall back on. */
function forgetRemoved(lastGood: Snapshot, snapshot: Snapshot): void {
  for (const [typeUrl, byName] of lastGood) {
    for (const name of byName.keys()) if (!snapshot.get(typeUrl)?.has(name)) byName.delete(name);
  }
}
