// Host functions on header maps.
import { MapType, Status } from "../abi.ts";
import type { HeaderMap } from "../header-map.ts";
import type { HostFunctions } from "../imports.ts";
import { decodePairs, encodePairs } from "../pairs.ts";
import type { WasmVm } from "../vm.ts";

export function headerImports(vm: WasmVm): HostFunctions {
  const readable = (type: number) => (type > MapType.Last ? null : vm.acting.headerMap(type));
  /** Of a plugin of this ABI's version Envoy takes it that changed headers may lead elsewhere. */
  const writable = (type: number) => {
    const map = type > MapType.Last ? null : vm.acting.writableHeaderMap(type);
    if (map && type === MapType.RequestHeaders) vm.acting.clearRouteCache();
    return map;
  };
  const writer = (apply: (map: HeaderMap, name: string, value: string) => void) => {
    return (type: number, key: number, keySize: number, value: number, valueSize: number) => {
      const name = vm.readText(key, keySize);
      const text = vm.readText(value, valueSize);
      if (name === null || text === null) return Status.InvalidMemoryAccess;
      const map = writable(type);
      if (!map) return Status.BadArgument;
      apply(map, name, text);
      return Status.Ok;
    };
  };
  return {
    proxy_get_header_map_value(type: number, key: number, keySize: number, value: number, valueSize: number) {
      const name = vm.readText(key, keySize);
      if (name === null) return Status.InvalidMemoryAccess;
      const map = readable(type);
      if (!map) return vm.acting.missingMapStatus;
      const found = map.get(name);
      if (found === null) return Status.NotFound;
      return vm.give(found, value, valueSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_replace_header_map_value: writer((map, name, value) => map.set(name, value)),
    proxy_add_header_map_value: writer((map, name, value) => map.add(name, value)),
    proxy_remove_header_map_value(type: number, key: number, keySize: number) {
      const name = vm.readText(key, keySize);
      if (name === null) return Status.InvalidMemoryAccess;
      const map = writable(type);
      if (!map) return Status.BadArgument;
      map.remove(name);
      return Status.Ok;
    },
    proxy_get_header_map_pairs(type: number, pointer: number, size: number) {
      if (type > MapType.Last) return Status.BadArgument;
      const map = readable(type);
      const bytes = map?.length ? encodePairs(map.pairs()) : "";
      return vm.give(bytes, pointer, size) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_header_map_pairs(type: number, pointer: number, size: number) {
      const bytes = vm.read(pointer, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      const map = writable(type);
      if (!map) return Status.BadArgument;
      map.clear();
      for (const [name, value] of decodePairs(bytes)) map.add(name, value);
      return Status.Ok;
    },
    proxy_get_header_map_size(type: number, result: number) {
      const map = readable(type);
      if (!map) return Status.BadArgument;
      return vm.writeWord(result, map.byteSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  };
}
