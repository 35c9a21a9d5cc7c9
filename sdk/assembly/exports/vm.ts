// Callbacks every plugin needs: memory, start, configuration, and the life of contexts. They are also part of
// exports/http, exports/tcp and exports/all.
// Plugin authors export them from their entry; they are called by the host alone.
import { enter, leave, createContext, deleteContext, findRoot } from "../dispatcher";
import { BufferType } from "../abi";
import { BodyBuffer } from "../body";
import { findContext } from "../context-table";
import { allocate } from "../host-memory";

const vmConfiguration = new BodyBuffer(BufferType.VmConfiguration);
const pluginConfiguration = new BodyBuffer(BufferType.PluginConfiguration);

/** Marks the module as made for ABI 0.2.1. Never called. */
export function proxy_abi_version_0_2_1(): void {}

/** Memory for the host to write a value into, in the middle of a host call. */
export function proxy_on_memory_allocate(size: u32): usize {
  return allocate(size);
}

/** `RootContext.onVmStart`. */
export function proxy_on_vm_start(id: u32, configurationSize: u32): u32 {
  const root = findRoot(id);
  if (!root) return 0;
  const outer = enter(id);
  const isStarted = root.onVmStart(vmConfiguration.get(0, configurationSize));
  leave(outer);
  return isStarted ? 1 : 0;
}

/** `RootContext.onConfigure`. */
export function proxy_on_configure(id: u32, configurationSize: u32): u32 {
  const root = findRoot(id);
  if (!root) return 0;
  const outer = enter(id);
  const isConfigured = root.onConfigure(pluginConfiguration.get(0, configurationSize));
  leave(outer);
  return isConfigured ? 1 : 0;
}

/** Makes a root context (`parentId` 0) or a stream's. */
export function proxy_on_context_create(id: u32, parentId: u32): void {
  const outer = enter(id);
  createContext(id, parentId);
  leave(outer);
}

/** `onDone`. */
export function proxy_on_done(id: u32): u32 {
  const context = findContext(id);
  if (!context) return 1;
  const outer = enter(id);
  const isDone = context.onDone();
  leave(outer);
  return isDone ? 1 : 0;
}

/** `onLog`. */
export function proxy_on_log(id: u32): void {
  const context = findContext(id);
  if (!context) return;
  const outer = enter(id);
  context.onLog();
  leave(outer);
}

/** `onDelete`. */
export function proxy_on_delete(id: u32): void {
  const context = findContext(id);
  if (!context) return;
  const outer = enter(id);
  deleteContext(context);
  leave(outer);
}

/** `RootContext.onTick`. */
export function proxy_on_tick(id: u32): void {
  const root = findRoot(id);
  if (!root) return;
  const outer = enter(id);
  root.onTick();
  leave(outer);
}

/** `RootContext.onQueueReady`. */
export function proxy_on_queue_ready(id: u32, queue: u32): void {
  const root = findRoot(id);
  if (!root) return;
  const outer = enter(id);
  root.onQueueReady(queue);
  leave(outer);
}

/** `onForeignFunction`. */
export function proxy_on_foreign_function(id: u32, functionId: u32, size: u32): void {
  const context = findContext(id);
  if (!context) return;
  const outer = enter(id);
  context.onForeignFunction(functionId, size);
  leave(outer);
}
