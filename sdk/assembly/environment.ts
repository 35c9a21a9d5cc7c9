// Environment variables: only those that the VM's configuration lists, in Envoy
// `VmConfig.environment_variables` (`host_env_keys` and `key_values`).
import { Slice } from "./bytes/slice";
import { numberSlot, sizeSlot } from "./host-memory";
import { environ_get, environ_sizes_get } from "./wasi_snapshot_preview1";

/** Value of the environment variable `name`, or null if it is not there. Each call reads all, so keep what you need. */
export function environment(name: string): string | null {
  if (environ_sizes_get(numberSlot, sizeSlot) != 0) return null;
  const pointers = new ArrayBuffer(load<u32>(numberSlot) * sizeof<usize>());
  const bytes = new ArrayBuffer(load<u32>(sizeSlot));
  if (environ_get(changetype<usize>(pointers), changetype<usize>(bytes)) != 0) return null;
  return find(Slice.wrap(bytes), Slice.of(name + "="));
}

/** In `NAME=value\0NAME=value\0`, the value after `prefix`, which is `NAME=`. */
function find(all: Slice, prefix: Slice): string | null {
  for (let start = 0; start < all.length;) {
    const end = all.indexOf(0, start);
    const entry = all.slice(start, end < 0 ? all.length : end);
    if (entry.startsWith(prefix)) return entry.slice(prefix.length).toText();
    start += entry.length + 1;
  }
  return null;
}
