// Functions a host offers beyond the ABI, by name. Envoy 1.40 has among others `clear_route_cache`,
// `set_envoy_filter_state`, `declare_property`, `compress`, `uncompress`, `sign`, `verify_signature`.
// https://github.com/envoyproxy/envoy/blob/v1.40.0/source/extensions/common/wasm/foreign.cc
import { Slice } from "./bytes/slice";
import { proxy_call_foreign_function } from "./env";
import { bytesSlot, sizeSlot, takeBytesIf } from "./host-memory";

/** Calls the foreign function `name`. Returns what it answers (maybe nothing), or null if it failed or is not there. */
export function callForeignFunction(name: string, input: Slice): Slice | null {
  const bytes = Slice.of(name);
  return takeBytesIf(
    proxy_call_foreign_function(bytes.pointer, bytes.length, input.pointer, input.length, bytesSlot, sizeSlot),
  );
}

/** Lets Envoy choose the route anew, after headers that routing looks at were changed. */
export function clearRouteCache(): bool {
  return callForeignFunction("clear_route_cache", Slice.empty()) != null;
}
