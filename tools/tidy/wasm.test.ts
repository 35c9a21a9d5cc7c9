// What a plugin may ask of its host, and how large it may be. A hidden import (Date.now, console.log) makes Envoy
// refuse the module, so it is caught here by name.
import { expect, test } from "vitest";
import { buildPlugin, pluginNames } from "../build-plugins.ts";

const wasmBytesMax = 64 * 1024;
/** One plugin holds every dialect, one a template language, others regular expressions and what plans are made of. */
const wasmBytesMaxOf: Record<string, number> = {
  "ai-proxy": 300 * 1024,
  "ai-fallback": 96 * 1024,
  "token-ratelimit": 96 * 1024,
  "mcp-bridge": 200 * 1024,
};

/** Proxy-Wasm ABI 0.2.1 as Envoy 1.40 implements it, and what WASI offers for randomness and the environment. */
const allowedImports = new Set([
  ...`log get_log_level set_tick_period_milliseconds get_current_time_nanoseconds get_property set_property
  continue_stream close_stream send_local_response get_shared_data set_shared_data register_shared_queue
  resolve_shared_queue dequeue_shared_queue enqueue_shared_queue add_header_map_value get_header_map_value
  get_header_map_pairs set_header_map_pairs replace_header_map_value remove_header_map_value get_header_map_size
  get_buffer_status get_buffer_bytes set_buffer_bytes http_call grpc_call grpc_stream grpc_send grpc_cancel
  grpc_close get_status done set_effective_context define_metric increment_metric record_metric get_metric
  call_foreign_function`
    .split(/\s+/)
    .map((name) => `env.proxy_${name}`),
  "wasi_snapshot_preview1.random_get",
  "wasi_snapshot_preview1.environ_get",
  "wasi_snapshot_preview1.environ_sizes_get",
]);

/** Nobody may have compiled the plugins before, and the machine may be busy. */
const compileTimeoutMs = 180_000;

test("there are plugins to look at", () => {
  expect(pluginNames().length).toBeGreaterThan(0);
});

test.each(pluginNames())(
  "%s imports the ABI alone and stays small",
  async (name) => {
    const module = await buildPlugin(name);
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(module.bytes));
    const forbidden = imports.map((each) => `${each.module}.${each.name}`).filter((each) => !allowedImports.has(each));
    expect(forbidden).toEqual([]);
    expect(module.bytes.length).toBeLessThanOrEqual(wasmBytesMaxOf[name] ?? wasmBytesMax);
  },
  compileTimeoutMs,
);
