// The addresses that objects are told to be reached at.
import { isIP } from "node:net";
import type { LoadBalancerAddress } from "./objects.ts";
import type { TranslateContext } from "./translate.ts";

export function publishedAddresses({ objects, settings }: Pick<TranslateContext, "objects" | "settings">): string[] {
  const { publishedAddresses: given, publishedService: place, address } = settings;
  if (given.length > 0) return given;
  if (place) {
    const service = objects.Service.get(`${place.namespace}/${place.name}`);
    const found = service?.status?.loadBalancer?.ingress ?? [];
    return found.flatMap(({ ip, hostname }) => ip ?? hostname ?? []);
  }
  return isAnywhere(address) ? [] : [address];
}

export function asLoadBalancer(addresses: string[]): LoadBalancerAddress[] {
  return addresses.map((address) => (isIP(address) ? { ip: address } : { hostname: address }));
}

export function isAnywhere(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
