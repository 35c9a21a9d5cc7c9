// Properties: what the host knows of request, connection, upstream and itself (Envoy calls them attributes), and the
// filter state that filters share.
// https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/advanced/attributes
import { Status } from "./abi";
import { Slice } from "./bytes/slice";
import { proxy_get_property, proxy_set_property } from "./env";
import { bytesSlot, sizeSlot, takeBytesIf } from "./host-memory";

/**
 * The path of a property from up to five segments, joined as the host wants them. Make it once, at module level:
 * `const clusterName = propertyPath("xds", "cluster_name");`
 */
export function propertyPath(a: string, b: string = "", c: string = "", d: string = "", e: string = ""): Slice {
  let path = a;
  if (b.length) path += "\0" + b;
  if (c.length) path += "\0" + c;
  if (d.length) path += "\0" + d;
  if (e.length) path += "\0" + e;
  return Slice.of(path);
}

/**
 * Value of the property at `path` (made by `propertyPath`), or null if there is none. Strings come as their bytes;
 * integers, durations and times (both in ns) as 8 bytes little-endian, booleans as 1 byte, messages in protobuf,
 * maps and lists in the wire form that `HeaderList.fromWire` reads.
 */
export function getProperty(path: Slice): Slice | null {
  return takeBytesIf(proxy_get_property(path.pointer, path.length, bytesSlot, sizeSlot));
}

/** Value of a property that holds text, or null if there is none. */
export function getTextProperty(path: Slice): string | null {
  const value = getProperty(path);
  return value ? value.toText() : null;
}

/** Value of a property that holds an integer, a duration or a time (both in ns); `otherwise` if there is none. */
export function getIntegerProperty(path: Slice, otherwise: i64 = 0): i64 {
  const value = getProperty(path);
  return value && value.length == 8 ? load<i64>(value.pointer) : otherwise;
}

/** Value of a property that holds a boolean; false if there is none. */
export function getBooleanProperty(path: Slice): bool {
  const value = getProperty(path);
  return value ? value.at(0) != 0 : false;
}

/**
 * Writes filter state of the effective context's stream: `path` is a bare name, as `Slice.of("weir.model")`. Other
 * filters read it as property of that name, Envoy's access log as `%FILTER_STATE(wasm.weir.model:PLAIN)%`.
 */
export function setProperty(path: Slice, value: Slice): Status {
  return proxy_set_property(path.pointer, path.length, value.pointer, value.length);
}
