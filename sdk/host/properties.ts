// Properties ("attributes") of a stream: what the test gives, what the stream itself knows, and filter state.
// Source: https://www.envoyproxy.io/docs/envoy/v1.40.0/intro/arch_overview/advanced/attributes
import { Status } from "./abi.ts";
import { HeaderMap } from "./header-map.ts";
import { encodePairs } from "./pairs.ts";

/**
 * A property's value. Whole numbers and bigints are 64-bit integers, `{ double }` a floating point number,
 * objects and header maps are maps, arrays lists.
 */
export type PropertyValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | HeaderMap
  | { readonly double: number }
  | readonly PropertyValue[]
  | { readonly [key: string]: PropertyValue | undefined };

/** First segment of the path to its value: `{ xds: { cluster_name: "openai" }, source: { address: "…" } }`. */
export type Properties = { readonly [name: string]: PropertyValue | undefined };

export interface PropertyScope {
  /** The value of a path's first segment. */
  find(name: string): PropertyValue | undefined;
  /** What `proxy_set_property` wrote (key: `wasm.` and the path). Null where there is no stream. */
  filterState: Map<string, Uint8Array> | null;
}

/** What the stream knows and what the test gives, the latter first; of two maps all members. */
export function mergedProperty(
  own: PropertyValue | undefined,
  given: PropertyValue | undefined,
): PropertyValue | undefined {
  return isMap(own) && isMap(given) ? { ...own, ...given } : (given ?? own);
}

function isMap(value: PropertyValue | undefined): value is Properties {
  return value !== undefined && Object.getPrototypeOf(value) === Object.prototype;
}

/** The bytes of the property at `path` (segments joined with NUL), or a status. */
export function readProperty(scope: PropertyScope, path: string): Uint8Array | number {
  const [name, ...rest] = path.split("\0");
  let value = scope.find(Buffer.from(name!, "latin1").toString("utf8"));
  value ??= scope.filterState?.get(`wasm.${name}`);
  for (const segment of rest) {
    if (value === undefined) break;
    value = member(value, Buffer.from(segment, "latin1").toString("utf8"));
  }
  return value === undefined ? Status.NotFound : (serialize(value) ?? Status.SerializationFailure);
}

function member(value: PropertyValue, key: string): PropertyValue | undefined {
  if (value instanceof HeaderMap) {
    const found = value.get(key);
    return found === null ? undefined : Buffer.from(found, "latin1");
  }
  if (Array.isArray(value)) return value[Number(key)];
  if (typeof value !== "object" || value instanceof Uint8Array || "double" in value) return undefined;
  return (value as Properties)[key];
}

function serialize(value: PropertyValue): Uint8Array | null {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (value instanceof Uint8Array) return value;
  if (typeof value === "boolean") return Uint8Array.of(value ? 1 : 0);
  if (typeof value === "number" || typeof value === "bigint") return long(BigInt(value));
  if (value instanceof HeaderMap) return pairs(value.toArray());
  if (Array.isArray(value)) return pairs(value.map((item: PropertyValue) => [item, ""]));
  if ("double" in value && typeof value.double === "number") {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value.double);
    return bytes;
  }
  return pairs(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])));
}

function long(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  return bytes;
}

function pairs(entries: Iterable<readonly PropertyValue[]>): Uint8Array | null {
  const serialized: [string, string][] = [];
  for (const [key, item] of entries) {
    const name = serialize(key!);
    const value = serialize(item!);
    if (!name || !value) return null;
    serialized.push([Buffer.from(name).toString("latin1"), Buffer.from(value).toString("latin1")]);
  }
  return encodePairs(serialized);
}
