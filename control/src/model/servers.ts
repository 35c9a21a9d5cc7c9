// What registries have said of services, as the places that requests go to, and in the model where it is wanted.
import { isIP } from "node:net";
import {
  wishKey,
  type Discovered,
  type Instance,
  type ServersAt,
  type ServiceUse,
  type ServiceWish,
} from "./discovery.ts";
import type { Model } from "./model.ts";

/** Names have to be looked up, so one of them makes names of all. */
export function serversAt(instances: readonly Instance[]): ServersAt {
  if (instances.some(({ address }) => !isIP(address))) {
    return { kind: "dns", hosts: instances.map(({ address: host, port }) => ({ host, port })) };
  }
  const weights = weightsOf(instances);
  const addresses = instances.map(({ address, port, zone }, index) => {
    const weight = weights[index];
    return { address, port, zone, ...(weight !== undefined && { weight }) };
  });
  return { kind: "addresses", addresses };
}

/** Whole numbers, as Envoy wants them; none where all weigh the same. */
function weightsOf(instances: readonly Instance[]): number[] {
  const most = Math.max(...instances.map(({ weight }) => weight));
  if (instances.every(({ weight }) => weight === most)) return [];
  return instances.map(({ weight }) => Math.max(1, Math.round((weight / most) * 1000)));
}

export function ofVersion(instances: readonly Instance[], version: string | null): readonly Instance[] {
  return version === null ? instances : instances.filter((instance) => instance.version === version);
}

/** What registries are asked for because of `model`. */
export function wishesOf(model: Model): ServiceWish[] {
  return placesOf(model).flatMap(({ service }) => service?.wish ?? []);
}

/** `model` with the servers that are known; the same where it asks for none. */
export function withServers(model: Model, discovered: Discovered): Model {
  if (wishesOf(model).length === 0) return model;
  const filled = <T extends { service?: ServiceUse }>(place: T): T => {
    const at = place.service?.wish && atOf(place.service, discovered);
    return at ? { ...place, service: { ...place.service, at } } : place;
  };
  const { mcp } = model;
  return {
    ...model,
    targets: model.targets.map(filled),
    ...(mcp && { mcp: { ...mcp, upstreams: mcp.upstreams.map(filled) } }),
  };
}

function atOf({ wish, version }: ServiceUse, discovered: Discovered): ServersAt | null {
  const instances = wish && discovered.services.get(wishKey(wish));
  return instances ? serversAt(ofVersion(instances, version)) : null;
}

function placesOf({ targets, mcp }: Model): { service?: ServiceUse }[] {
  return [...targets, ...(mcp?.upstreams ?? [])];
}
