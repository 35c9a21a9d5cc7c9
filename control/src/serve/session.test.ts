// What a session sends when: order between types, answers, refusals, reconnection. The Envoy here is a script; the real
// one is in test/.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { typeUrls } from "../xds/resources.ts";
import { delta, type DeltaRequest, type SotwRequest, stateOfTheWorld } from "./protocol.ts";
import { type Fleet, Session } from "./session.ts";
import { setVersion, type Snapshot, type VersionedResource } from "./snapshot.ts";

const { cluster, extension, listener, route } = typeUrls;

/** `{ cluster: { one: "v1" } }` by short names of types. */
type World = Partial<Record<keyof typeof typeUrls, Record<string, string>>>;

function resource(name: string, version: string): VersionedResource {
  return {
    name,
    version,
    any: { $typeName: "google.protobuf.Any", typeUrl: "", value: new Uint8Array() },
    source: null,
  };
}

function snapshotOf(world: World): Snapshot {
  return new Map(
    Object.entries(world).map(([kind, versions]) => [
      typeUrls[kind as keyof typeof typeUrls],
      new Map(Object.entries(versions).map(([name, version]) => [name, resource(name, version)])),
    ]),
  );
}

/** Publishes `worlds`, one stage each. */
function publish(session: { publish(): void }, ...worlds: World[]): void {
  fleet.stages = worlds.map(snapshotOf);
  fleet.snapshot = fleet.stages.at(-1) ?? new Map();
  session.publish();
}

interface Sent {
  typeUrl: string;
  nonce: string;
  versionInfo: string;
  /** Of delta only. */
  removedResources?: string[];
  resources: { name?: string; version?: string }[];
}

const sent: Sent[] = [];
const rejected: string[] = [];
let fleet: Fleet;

beforeEach(() => {
  sent.length = 0;
  rejected.length = 0;
  fleet = {
    snapshot: new Map(),
    stages: [],
    lastGood: new Map(),
    redact: (text) => text,
    onReject: (_, __, { name }, message) => rejected.push(`${name}: ${message}`),
  };
});
afterEach(() => void vi.useRealTimers());

/** The responses since the last call. */
function news(): Sent[] {
  return sent.splice(0);
}

function brief(responses: Sent[]): string[] {
  return responses.map(({ typeUrl, resources, removedResources = [] }) => {
    const kind = Object.entries(typeUrls).find(([, url]) => url === typeUrl)?.[0];
    const names = [
      ...resources.map(({ name, version }) => `${name}@${version}`),
      ...removedResources.map((n) => `-${n}`),
    ];
    return `${kind} ${names.join(" ")}`.trimEnd();
  });
}

describe("delta", () => {
  let session: Session<DeltaRequest>;
  const timers: Session<DeltaRequest>[] = [];

  beforeEach(() => {
    session = new Session(delta, fleet, (response) => sent.push(response as Sent));
    timers.push(session);
  });
  afterEach(() => timers.splice(0).forEach((one) => one.close()));

  function request(typeUrl: string, more: Partial<DeltaRequest> = {}): void {
    session.receive({
      typeUrl,
      responseNonce: "",
      resourceNamesSubscribe: [],
      resourceNamesUnsubscribe: [],
      initialResourceVersions: {},
      ...more,
    });
  }

  function acknowledge(responses: Sent[]): Sent[] {
    for (const { typeUrl, nonce } of responses) request(typeUrl, { responseNonce: nonce });
    return responses;
  }

  function refuse({ typeUrl, nonce }: Sent, message = "no"): void {
    request(typeUrl, { responseNonce: nonce, errorDetail: { message } });
  }

  /** Publishes and acknowledges until nothing more comes; gives all that was sent. */
  function settle(world: World): string[] {
    publish(session, world);
    const all: string[] = [];
    for (let responses = news(); responses.length > 0; responses = news()) all.push(...brief(acknowledge(responses)));
    return all;
  }

  function subscribeToAll(world: World): void {
    publish(session, world);
    request(cluster);
    request(listener);
    if (world.endpoints) request(typeUrls.endpoints, { resourceNamesSubscribe: Object.keys(world.endpoints) });
    request(extension, { resourceNamesSubscribe: Object.keys(world.extension ?? {}) });
    request(route, { resourceNamesSubscribe: Object.keys(world.route ?? {}) });
    for (let responses = news(); responses.length > 0; responses = news()) acknowledge(responses);
  }

  test("the first request of a type is answered, even with nothing", () => {
    request(cluster);
    request(listener);
    expect(brief(news())).toEqual(["cluster", "listener"]);
  });

  test("what an Envoy waits for is sent although its clusters are not warm yet", () => {
    publish(session, { cluster: { one: "v1" }, extension: { plugin: "v1" } });
    request(cluster);
    request(extension, { resourceNamesSubscribe: ["plugin"] });
    expect(brief(news())).toEqual(["cluster one@v1", "extension plugin@v1"]);
  });

  test("a subscription to what does not exist is told so", () => {
    request(extension, { resourceNamesSubscribe: ["nothing"] });
    expect(brief(news())).toEqual(["extension -nothing"]);
  });

  test("an Envoy is settled once it has answered for all of it, in whichever way", () => {
    subscribeToAll({ cluster: { one: "v1" }, listener: { weir: "v1" } });
    expect(session.isSettled()).toBe(true);
    publish(session, { cluster: { one: "v2", two: "v1" }, listener: { weir: "v1" } });
    expect(session.isSettled()).toBe(false);
    const [sentOnce] = news();
    refuse(sentOnce!);
    expect(session.isSettled()).toBe(false);
    acknowledge(news());
    refuse(news()[0]!);
    expect(session.isSettled()).toBe(true);
  });

  test("an Envoy that has not asked for a type yet is not settled, but for what is not for Envoys", () => {
    subscribeToAll({ cluster: { one: "v1" } });
    settle({ cluster: { one: "v1" }, ratelimit: { limits: "v1" } });
    expect(session.isSettled()).toBe(true);
    settle({ cluster: { one: "v1" }, secret: { certificate: "v1" } });
    expect(session.isSettled()).toBe(false);
  });

  test("nothing is sent that has been acknowledged", () => {
    const world = { cluster: { one: "v1" }, listener: { weir: "v1" }, route: { weir: "v1" } };
    subscribeToAll(world);
    expect(settle(world)).toEqual([]);
  });

  test("only what differs is sent", () => {
    subscribeToAll({ cluster: { one: "v1", two: "v1" } });
    expect(settle({ cluster: { one: "v1", two: "v2" } })).toEqual(["cluster two@v2"]);
  });

  test("the endpoints of a cluster that changes are sent once more, for its new form waits for them", () => {
    const world = { cluster: { one: "v1", two: "v1" }, endpoints: { one: "v1", two: "v1" } };
    subscribeToAll(world);
    publish(session, { ...world, cluster: { one: "v1", two: "v2" } });
    // The cluster is acknowledged when it is warm, which is when it has them.
    expect(brief(acknowledge(news()))).toEqual(["cluster two@v2", "endpoints two@v1"]);
    expect(news()).toEqual([]);
  });

  test("endpoints on their way when their cluster changes are sent once more", () => {
    const world = { cluster: { one: "v1" }, endpoints: { one: "v1" } };
    subscribeToAll(world);
    publish(session, { cluster: { one: "v1" }, endpoints: { one: "v2" } });
    const onTheirWay = news();
    publish(session, { cluster: { one: "v2" }, endpoints: { one: "v2" } });
    expect(brief(acknowledge(news()))).toEqual(["cluster one@v2"]);
    acknowledge(onTheirWay);
    expect(brief(acknowledge(news()))).toEqual(["endpoints one@v2"]);
  });

  test("clusters come before routes, and go after them", () => {
    subscribeToAll({ cluster: { old: "v1" }, extension: { plugin: "v1" }, route: { weir: "v1" } });
    expect(settle({ cluster: { new: "v1" }, extension: { plugin: "v2" }, route: { weir: "v2" } })).toEqual([
      "cluster new@v1",
      "extension plugin@v2",
      "route weir@v2",
      "cluster -old",
    ]);
  });

  test("each stage is complete before the next begins, and one without a change is passed over", () => {
    const first = { cluster: { old: "v1" }, extension: { table: "old" }, route: { weir: "old" } };
    subscribeToAll(first);
    const added = { cluster: { old: "v1", new: "v1" }, extension: { table: "both" }, route: { weir: "old" } };
    const switched = { ...added, route: { weir: "new" } };
    publish(session, added, added, switched, {
      cluster: { new: "v1" },
      extension: { table: "new" },
      route: { weir: "new" },
    });
    const all: string[] = [];
    for (let responses = news(); responses.length > 0; responses = news()) all.push(...brief(acknowledge(responses)));
    expect(all).toEqual([
      "cluster new@v1",
      "extension table@both",
      "route weir@new",
      "extension table@new",
      "cluster -old",
    ]);
  });

  test("an Envoy that connects during the stages is told where they lead", () => {
    fleet.stages = [snapshotOf({ cluster: { old: "v1" } }), snapshotOf({ cluster: { new: "v1" } })];
    fleet.snapshot = fleet.stages[1]!;
    session = new Session(delta, fleet, (response) => sent.push(response as Sent));
    timers.push(session);
    request(cluster);
    expect(brief(news())).toEqual(["cluster new@v1"]);
  });

  test("an Envoy that does not answer holds up the next types for a while only", () => {
    vi.useFakeTimers();
    const world = { cluster: { one: "v1" }, route: { weir: "v1" } };
    subscribeToAll(world);
    publish(session, { cluster: { one: "v2" }, route: { weir: "v2" } });
    expect(brief(news())).toEqual(["cluster one@v2"]);
    vi.advanceTimersByTime(20_000);
    expect(brief(news())).toEqual(["route weir@v2"]);
  });

  test("publications while an answer is awaited are sent as one", () => {
    subscribeToAll({ cluster: { one: "v1" } });
    for (const version of ["v2", "v3", "v4"]) {
      publish(session, { cluster: { one: version } });
    }
    const first = news();
    expect(brief(first)).toEqual(["cluster one@v2"]);
    acknowledge(first);
    expect(brief(news())).toEqual(["cluster one@v4"]);
  });

  test("of a refused set the bad ones are found, and all good ones come through", () => {
    subscribeToAll({ cluster: {} });
    const names = Array.from({ length: 9 }, (_, i) => `c${i}`);
    publish(session, { cluster: Object.fromEntries(names.map((name) => [name, "v1"])) });
    const bad = new Set(["c2", "c7"]);
    for (let responses = news(); responses.length > 0; responses = news()) {
      for (const response of responses) {
        if (response.resources.some(({ name }) => bad.has(name!))) refuse(response, "bad cluster");
        else acknowledge([response]);
      }
    }
    expect(rejected).toEqual(["c2: bad cluster", "c7: bad cluster"]);
    const { accepted } = session.channels.get(cluster)!;
    expect([...accepted.keys()].sort()).toEqual(names.filter((name) => !bad.has(name)));
  });

  test("a refused version is not sent again, a newer one is", () => {
    subscribeToAll({ extension: { plugin: "v1" } });
    publish(session, { extension: { plugin: "v2" } });
    refuse(news()[0]!);
    session.publish();
    expect(news()).toEqual([]);
    expect(session.channels.get(extension)?.accepted.get("plugin")?.version).toBe("v1");
    expect(settle({ extension: { plugin: "v3" } })).toEqual(["extension plugin@v3"]);
    expect(session.channels.get(extension)?.rejected.size).toBe(0);
  });

  test("a new Envoy that refuses a resource is given the last one that another accepted", () => {
    subscribeToAll({ listener: { weir: "v1" } });
    publish(session, { listener: { weir: "v2" } });
    news();
    session = new Session(delta, fleet, (response) => sent.push(response as Sent));
    timers.push(session);
    request(listener);
    refuse(news()[0]!);
    expect(brief(acknowledge(news()))).toEqual(["listener weir@v1"]);
    session.publish();
    expect(news()).toEqual([]);
    expect(session.channels.get(listener)?.rejected.get("weir")?.version).toBe("v2");
    publish(session, { listener: {} });
    expect(session.channels.get(listener)?.rejected.size).toBe(0);
  });

  test("an Envoy that comes back is sent only what it lacks, and loses what is gone", () => {
    publish(session, { cluster: { one: "v1", two: "v2" } });
    request(cluster, { initialResourceVersions: { one: "v1", two: "v1", gone: "v1" } });
    expect(brief(acknowledge(news()))).toEqual(["cluster two@v2"]);
    expect(brief(news())).toEqual(["cluster -gone"]);
  });

  test("a resource that is asked for again is sent again", () => {
    subscribeToAll({ extension: { plugin: "v1" } });
    request(extension, { resourceNamesUnsubscribe: ["plugin"] });
    request(extension, { resourceNamesSubscribe: ["plugin"] });
    // Gone and there again before Envoy has said so: only the second is said.
    expect(brief(acknowledge(news()))).toEqual(["extension plugin@v1"]);
    request(extension, { resourceNamesSubscribe: ["plugin"] });
    expect(brief(news())).toEqual(["extension plugin@v1"]);
  });

  test("an answer to an older response changes nothing", () => {
    subscribeToAll({ cluster: { one: "v1" } });
    publish(session, { cluster: { one: "v2" } });
    request(cluster, { responseNonce: "1", errorDetail: { message: "late" } });
    expect(rejected).toEqual([]);
    expect(session.channels.get(cluster)?.proposal).not.toBeNull();
  });
});

describe("state of the world", () => {
  let session: Session<SotwRequest>;

  beforeEach(() => {
    session = new Session(stateOfTheWorld, fleet, (response) => sent.push(response as Sent));
  });
  afterEach(() => session.close());

  function request(typeUrl: string, more: Partial<SotwRequest> = {}): void {
    session.receive({ typeUrl, responseNonce: "", versionInfo: "", resourceNames: [], ...more });
  }

  test("each response holds everything", () => {
    publish(session, { cluster: { one: "v1" } });
    request(cluster);
    const [first] = news();
    expect(first!.versionInfo).toBe(setVersion([resource("one", "v1")]));
    request(cluster, { responseNonce: first!.nonce, versionInfo: first!.versionInfo });
    publish(session, { cluster: { one: "v1", two: "v1" } });
    expect(news()[0]!.resources).toHaveLength(2);
  });

  test("an Envoy that comes back with the version in force is sent nothing", () => {
    publish(session, { cluster: { one: "v1" }, extension: { a: "v1", b: "v1" } });
    request(cluster, { versionInfo: setVersion([resource("one", "v1")]) });
    request(extension, { versionInfo: setVersion([resource("a", "v1")]), resourceNames: ["a"] });
    expect(news()).toEqual([]);
    request(extension, { responseNonce: "", resourceNames: ["a", "b"] });
    expect(news()[0]!.resources).toHaveLength(2);
  });

  test("an Envoy that comes back with another version is sent everything", () => {
    publish(session, { cluster: { one: "v2" } });
    request(cluster, { versionInfo: setVersion([resource("one", "v1")]) });
    expect(news()).toHaveLength(1);
  });

  test("a request written before the last response is ignored: its successor is coming", () => {
    publish(session, { extension: { a: "v1", b: "v1" } });
    request(extension, { resourceNames: ["a"] });
    const [first] = news();
    request(extension, { resourceNames: ["a", "b"] });
    expect(news()).toEqual([]);
    request(extension, { responseNonce: first!.nonce, resourceNames: ["a", "b"] });
    expect(news()[0]!.resources).toHaveLength(2);
  });

  test("an empty list of names means all at first and none later", () => {
    publish(session, { extension: { a: "v1" } });
    request(extension, { resourceNames: ["a"] });
    const [first] = news();
    request(extension, { responseNonce: first!.nonce, resourceNames: [] });
    publish(session, { extension: { a: "v2" } });
    expect(news()).toEqual([]);
  });

  test("a refused change is not repeated, and later ones go without it", () => {
    publish(session, { cluster: { one: "v1" } });
    request(cluster);
    request(cluster, { responseNonce: news()[0]!.nonce });
    publish(session, { cluster: { one: "bad" } });
    request(cluster, { responseNonce: news()[0]!.nonce, errorDetail: { message: "no" } });
    expect(news()).toEqual([]);
    publish(session, { cluster: { one: "bad", two: "v1" } });
    const [response] = news();
    expect(response!.versionInfo).toBe(setVersion([resource("one", "v1"), resource("two", "v1")]));
  });
});
