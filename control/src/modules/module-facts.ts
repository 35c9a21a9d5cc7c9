// Whether a module is a plugin that Envoy can run, told before any Envoy is sent it: one that it refused would cost
// those who wait for it.
import { ModuleFailure } from "./failure.ts";

export interface ModuleFacts {
  /**
   * Whether the module was made with an SDK of Higress: it finds the rule for a request itself, in its configuration,
   * and tells a wait for the body from one for everything.
   */
  hasHigressRules: boolean;
}

/** https://github.com/proxy-wasm/spec/tree/main/abi-versions */
const abiVersions = ["0_1_0", "0_2_0", "0_2_1"].map((version) => `proxy_abi_version_${version}`);

/** What Envoy 1.40 has for plugins beside WASI. */
const hostCalls = new Set(
  `add_header_map_value call_foreign_function clear_route_cache close_stream continue_request continue_response
  continue_stream define_metric dequeue_shared_queue done enqueue_shared_queue get_buffer_bytes get_buffer_status
  get_configuration get_current_time_nanoseconds get_header_map_pairs get_header_map_size get_header_map_value
  get_log_level get_metric get_property get_shared_data get_status grpc_call grpc_cancel grpc_close grpc_send
  grpc_stream http_call increment_metric log record_metric register_shared_queue remove_header_map_value
  replace_header_map_value resolve_shared_queue send_local_response set_buffer_bytes set_effective_context
  set_header_map_pairs set_property set_shared_data set_tick_period_milliseconds`
    .split(/\s+/)
    .map((name) => `proxy_${name}`),
);

export async function readModuleFacts(bytes: Uint8Array): Promise<ModuleFacts> {
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>).catch(() => {
    throw new ModuleFailure("NotAModule", "It is no valid WebAssembly");
  });
  const exported = new Set(WebAssembly.Module.exports(module).map(({ name }) => name));
  if (!abiVersions.some((name) => exported.has(name))) {
    throw new ModuleFailure("NotAModule", "It is no plugin of Proxy-Wasm in a version that Envoy knows");
  }
  if (!exported.has("malloc") && !exported.has("proxy_on_memory_allocate")) {
    throw new ModuleFailure("NotAModule", "It exports no function by which Envoy could give it memory");
  }
  const unknown = WebAssembly.Module.imports(module).find((one) => !isKnown(one));
  if (unknown)
    throw new ModuleFailure("NotAModule", `It needs ${unknown.module}.${unknown.name}, which Envoy does not have`);
  return { hasHigressRules: Buffer.from(bytes).includes("_match_route_") };
}

function isKnown({ module, name }: WebAssembly.ModuleImportDescriptor): boolean {
  if (module === "wasi_snapshot_preview1" || module === "wasi_unstable") return true;
  if (module !== "env") return false;
  return hostCalls.has(name) || name === "emscripten_notify_memory_growth";
}
