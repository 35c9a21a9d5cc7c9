// The functions a plugin imports, put together. A missing one is an error at load, as on Envoy.
import { bodyImports } from "./imports/body.ts";
import { calloutImports } from "./imports/callouts.ts";
import { generalImports } from "./imports/general.ts";
import { headerImports } from "./imports/headers.ts";
import { sharedImports } from "./imports/shared.ts";
import { wasiImports } from "./imports/wasi.ts";
import type { WasmVm } from "./vm.ts";

/** Host functions take and give numbers; 64-bit integers are bigints. */
export type HostFunction = (...args: never[]) => number | void;
export type HostFunctions = Record<string, HostFunction>;

/** While code starts or allocates, these may be called; anything else traps. */
const unrestricted = new Set([
  "proxy_log",
  "random_get",
  "environ_get",
  "environ_sizes_get",
  "fd_write",
  "clock_time_get",
]);

export function wasmImports(vm: WasmVm, wanted: WebAssembly.ModuleImportDescriptor[]): WebAssembly.Imports {
  const wasi = wasiImports(vm);
  const known: Record<string, HostFunctions> = {
    env: {
      ...generalImports(vm),
      ...headerImports(vm),
      ...bodyImports(vm),
      ...calloutImports(vm),
      ...sharedImports(vm),
    },
    wasi_snapshot_preview1: wasi,
    wasi_unstable: wasi,
  };
  const imports: Record<string, Record<string, WebAssembly.ImportValue>> = {};
  for (const { module, name } of wanted) {
    const provided = known[module]?.[name];
    if (!provided) throw new Error(`Failed to load Wasm module due to a missing import: ${module}.${name}`);
    (imports[module] ??= {})[name] = counted(vm, name, unrestricted.has(name) ? provided : guarded(vm, provided));
  }
  return imports;
}

function counted(vm: WasmVm, name: string, provided: HostFunction): HostFunction {
  return (...args) => {
    vm.host.crossings.count(name);
    return provided(...args);
  };
}

function guarded(vm: WasmVm, provided: HostFunction): HostFunction {
  return (...args) => {
    if (vm.restricted) throw new WebAssembly.RuntimeError("restricted_callback");
    return provided(...args);
  };
}
