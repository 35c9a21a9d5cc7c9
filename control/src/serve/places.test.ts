// Resources that are another for Envoys at some places: each Envoy is told its own, and again only when that changes.
import { afterEach, expect, test } from "vitest";
import { typeUrls, type Place } from "../xds/resources.ts";
import { delta, type DeltaRequest, type EnvoyNode } from "./protocol.ts";
import { Session, type Fleet } from "./session.ts";
import type { VersionedResource } from "./snapshot.ts";

const fleet: Fleet = {
  snapshot: new Map(),
  stages: [],
  lastGood: new Map(),
  redact: (text) => text,
  onReject: () => {},
};
const envoys: Envoy[] = [];
afterEach(() => envoys.splice(0).forEach(({ session }) => session.close()));

function resource(version: string): VersionedResource {
  const any = { $typeName: "google.protobuf.Any" as const, typeUrl: "", value: new Uint8Array() };
  return { name: "web", version, any, source: null };
}

function publish(at: (place: Place) => string): void {
  const web = { ...resource("anywhere"), placed: { from: at, at: (place: Place) => resource(at(place)) } };
  fleet.snapshot = new Map([[typeUrls.endpoints, new Map([["web", web]])]]);
  fleet.stages = [fleet.snapshot];
  for (const { session } of envoys) session.publish();
}

interface Sent {
  nonce: string;
  resources: { version: string }[];
}

class Envoy {
  readonly #sent: Sent[] = [];
  readonly #node: EnvoyNode;
  readonly session: Session<DeltaRequest>;

  constructor(where: Pick<EnvoyNode, "locality" | "metadata">) {
    this.#node = { id: "envoy", cluster: "weir", ...where };
    this.session = new Session(delta, fleet, (response) => this.#sent.push(response as Sent));
    envoys.push(this);
    this.#ask("", ["web"]);
  }

  /** The versions that it has been sent since it was asked last, which it takes. */
  news(): string[] {
    return this.#sent.splice(0).flatMap(({ nonce, resources }) => {
      this.#ask(nonce, []);
      return resources.map(({ version }) => version);
    });
  }

  #ask(responseNonce: string, resourceNamesSubscribe: string[]): void {
    const nothing = { resourceNamesUnsubscribe: [], initialResourceVersions: {} };
    const asked = { typeUrl: typeUrls.endpoints, responseNonce, resourceNamesSubscribe };
    // As Envoy does, it says who it is once.
    this.session.receive({ ...(responseNonce === "" && { node: this.#node }), ...asked, ...nothing });
  }
}

test("each Envoy has what is for its zone and its node, and one that says neither what is for any", () => {
  publish(({ zone, node }) => `${zone}/${node}`);
  expect(new Envoy({ locality: { zone: "a" } }).news()).toEqual(["a/"]);
  expect(new Envoy({ locality: { zone: "b" }, metadata: { "weir.node": "n" } }).news()).toEqual(["b/n"]);
  expect(new Envoy({}).news()).toEqual(["/"]);
  expect(new Envoy({ metadata: { "weir.node": 7 } }).news()).toEqual(["/"]);
});

test("what changes at another place alone is no news, and nothing to wait for", () => {
  publish(({ zone }) => (zone === "a" ? "v1" : "w1"));
  const [here, there] = [new Envoy({ locality: { zone: "a" } }), new Envoy({ locality: { zone: "b" } })];
  expect([here.news(), there.news()]).toEqual([["v1"], ["w1"]]);
  publish(({ zone }) => (zone === "a" ? "v1" : "w2"));
  expect([here.session.isSettled(), there.session.isSettled()]).toEqual([true, false]);
  expect([here.news(), there.news()]).toEqual([[], ["w2"]]);
  publish(({ zone }) => (zone === "a" ? "v2" : "w2"));
  expect([here.news(), there.news()]).toEqual([["v2"], []]);
  expect([here.session.isSettled(), there.session.isSettled()]).toEqual([true, true]);
});
