// Resources that are long lists are encoded item by item: of ten thousand hosts in one route configuration a change is
// about one, and the bytes of the others are there. A repeated field's items stand one after the other on the wire.
// https://protobuf.dev/programming-guides/encoding/#optional
import { isDeepStrictEqual } from "node:util";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import type { Any } from "@bufbuild/protobuf/wkt";
import { encodeResource, typePrefix } from "../xds/registry.ts";
import { typeUrls, type ProtoJson } from "../xds/resources.ts";

interface Parts {
  /** A repeated field with messages that have names. */
  field: string;
  number: number;
  type: string;
}

const partsOf: Record<string, Parts> = {
  [typeUrls.route]: { field: "virtual_hosts", number: 2, type: `${typePrefix}envoy.config.route.v3.VirtualHost` },
};

/** The bytes of items, for as long as somebody has the item. */
const known = new WeakMap<ProtoJson, Uint8Array>();

/** As `encodeResource`; items that `before` has as well are taken from there. */
export function encodeWithParts(typeUrl: string, resource: ProtoJson, before: ProtoJson | null): Any {
  const parts = partsOf[typeUrl];
  if (!parts) return encodeResource(typeUrl, resource);
  const { [parts.field]: _, ...rest } = resource;
  const earlier = new Map(itemsOf(before, parts).map((item) => [item["name"], item]));
  const items = itemsOf(resource, parts).map((item) => bytesOf(item, earlier.get(item["name"]), parts));
  const whole = encodeResource(typeUrl, rest);
  const writer = new BinaryWriter().raw(whole.value);
  for (const item of items) writer.tag(parts.number, WireType.LengthDelimited).bytes(item);
  return { ...whole, value: writer.finish() };
}

function itemsOf(resource: ProtoJson | null, { field }: Parts): ProtoJson[] {
  return (resource?.[field] ?? []) as ProtoJson[];
}

function bytesOf(item: ProtoJson, earlier: ProtoJson | undefined, { type }: Parts): Uint8Array {
  const kept = earlier && isDeepStrictEqual(earlier, item) ? known.get(earlier) : known.get(item);
  const bytes = kept ?? encodeResource(type, item).value;
  known.set(item, bytes);
  return bytes;
}
