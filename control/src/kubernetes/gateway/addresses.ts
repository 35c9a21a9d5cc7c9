// Which Gateway listens where: each at an address of its own where there are enough, and at the one it had.
import { byAge } from "../objects.ts";
import { publishedAddresses } from "../published.ts";
import type { TranslateContext } from "../translate.ts";
import type { Gateway } from "./objects.ts";

export interface Place {
  /** Null: there is none for it. */
  address: string | null;
  /** What its status says. */
  published: string[];
  problem: { condition: "Accepted" | "Programmed"; reason: string; message: string } | null;
}

/** By the Gateway's uid. */
export function placesOf(gateways: Gateway[], context: TranslateContext): Map<string, Place> {
  const places = new Map<string, Place>();
  const taken = new Set<string>();
  const sorted = [...gateways].sort(byAge);
  for (const gateway of sorted) {
    const before = context.assigned.get(gateway.metadata.uid ?? "") ?? gateway.status?.addresses?.[0]?.value;
    const wanted = wantedOf(gateway)?.value ?? before;
    if (wanted !== undefined && isFree(wanted, taken, context)) {
      taken.add(wanted);
      places.set(gateway.metadata.uid ?? "", own(wanted));
    }
  }
  for (const gateway of sorted) {
    const uid = gateway.metadata.uid ?? "";
    const place = places.get(uid) ?? placeOf(gateway, taken, context);
    places.set(uid, { ...place, problem: problemOf(gateway) ?? place.problem });
    context.assigned.set(uid, place.address ?? "");
  }
  return places;
}

function own(address: string): Place {
  return { address, published: [address], problem: null };
}

function isFree(address: string, taken: Set<string>, { settings }: TranslateContext): boolean {
  return settings.gatewayAddresses.includes(address) && !taken.has(address);
}

function placeOf(gateway: Gateway, taken: Set<string>, context: TranslateContext): Place {
  const { gatewayAddresses, address } = context.settings;
  const wanted = wantedOf(gateway)?.value;
  const published = publishedAddresses(context);
  if (wanted !== undefined && !published.includes(wanted)) {
    const message = `${wanted} is none of the addresses there are for Gateways, or another has it`;
    return { address: null, published: [], problem: { condition: "Programmed", reason: "AddressNotUsable", message } };
  }
  if (gatewayAddresses.length === 0) return { address, published, problem: null };
  const free = gatewayAddresses.find((one) => !taken.has(one));
  if (free === undefined) {
    const message = "All addresses there are for Gateways are in use";
    return { address: null, published: [], problem: { condition: "Programmed", reason: "NoResources", message } };
  }
  taken.add(free);
  return own(free);
}

/** The first of the addresses that the Gateway asks for that can be had at all. */
function wantedOf({ spec }: Gateway): { value?: string } | undefined {
  return spec.addresses?.find(({ type = "IPAddress", value }) => type === "IPAddress" && value);
}

function problemOf({ spec }: Gateway): Place["problem"] {
  const other = spec.addresses?.find(({ type = "IPAddress" }) => type !== "IPAddress");
  if (!other) return null;
  return {
    condition: "Accepted",
    reason: "UnsupportedAddress",
    message: `There are no addresses of type ${other.type}`,
  };
}
