// Sends very many requests through one VM and tells how its memory behaved. For any plugin: see leak.test.ts.
import type { Plugin } from "../host/plugin.ts";

export interface SteadyOptions {
  plugin: Plugin;
  /** Sends request `i` (from 0) to its end, whatever that is. */
  send: (plugin: Plugin, i: number) => void;
  requests: number;
  /** Requests before the first measurement, in which the VM's memory finds its size. Default: a tenth of all. */
  warmUp?: number;
}

export interface SteadyReport {
  requests: number;
  seconds: number;
  /** Wasm memory in bytes after the warm-up and at the end. It never shrinks, so a leak must show. */
  memoryBefore: number;
  memoryAfter: number;
  /**
   * Memory gained per request in bytes, over all requests after the warm-up. The least that a plugin can keep of a
   * request is an object of 16 bytes; below 1 there is no leak, only a heap that settled late.
   */
  bytesPerRequest: number;
  /** Contexts that the VM still has: its root, if every stream ended. */
  contextsLeft: number;
}

/** One VM, one plugin, `requests` requests, one after another. Throws when the plugin traps. */
export function runSteadily({
  plugin,
  send,
  requests,
  warmUp = Math.ceil(requests / 10),
}: SteadyOptions): SteadyReport {
  const { vm } = plugin.root();
  const { host } = vm;
  const start = performance.now();
  let memoryBefore = 0;
  for (let i = 0; i < requests; i++) {
    if (i === warmUp) memoryBefore = vm.memory.buffer.byteLength;
    send(plugin, i);
    if (vm.failure) throw new Error(`The plugin trapped in request ${i}: ${vm.failure}`);
    // What the host keeps for tests to read would itself be a leak.
    host.logs.length = host.httpCalls.length = host.grpcCalls.length = 0;
  }
  const memoryAfter = vm.memory.buffer.byteLength;
  return {
    requests,
    seconds: (performance.now() - start) / 1000,
    memoryBefore,
    memoryAfter,
    bytesPerRequest: (memoryAfter - memoryBefore) / (requests - warmUp),
    contextsLeft: vm.contexts.size,
  };
}
