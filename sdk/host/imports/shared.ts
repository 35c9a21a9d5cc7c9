// Host functions on what VMs share: data, queues, metrics.
import { MetricType, Status } from "../abi.ts";
import type { HostFunctions } from "../imports.ts";
import type { WasmVm } from "../vm.ts";

export function sharedImports(vm: WasmVm): HostFunctions {
  const { sharedData, sharedQueues } = vm.host;
  const { vmId } = vm.options;
  return {
    proxy_get_shared_data(key: number, keySize: number, value: number, valueSize: number, casAt: number) {
      const name = vm.readText(key, keySize);
      if (name === null) return Status.InvalidMemoryAccess;
      const found = sharedData.get(vmId, name);
      if (!found) return Status.NotFound;
      const given = vm.give(found.value, value, valueSize) && vm.writeWord(casAt, found.cas);
      return given ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_shared_data(key: number, keySize: number, value: number, valueSize: number, cas: number) {
      const name = vm.readText(key, keySize);
      const bytes = vm.read(value, valueSize);
      if (name === null || !bytes) return Status.InvalidMemoryAccess;
      return sharedData.set(vmId, name, bytes, cas >>> 0);
    },
    proxy_register_shared_queue(name: number, nameSize: number, tokenAt: number) {
      const text = vm.readText(name, nameSize);
      if (text === null) return Status.InvalidMemoryAccess;
      const { root } = vm.acting;
      const token = sharedQueues.register(vmId, text, (id) => vm.host.post(() => root.queueReady(id)));
      return vm.writeWord(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_resolve_shared_queue(owner: number, ownerSize: number, name: number, nameSize: number, tokenAt: number) {
      const ownerId = vm.readText(owner, ownerSize);
      const text = vm.readText(name, nameSize);
      if (ownerId === null || text === null) return Status.InvalidMemoryAccess;
      const token = sharedQueues.resolve(ownerId || vmId, text);
      if (token === 0) return Status.NotFound;
      return vm.writeWord(tokenAt, token) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_enqueue_shared_queue(token: number, value: number, valueSize: number) {
      const bytes = vm.read(value, valueSize);
      return bytes ? sharedQueues.enqueue(token, bytes) : Status.InvalidMemoryAccess;
    },
    proxy_dequeue_shared_queue(token: number, value: number, valueSize: number) {
      const item = sharedQueues.dequeue(token);
      if (typeof item === "number") return item;
      return vm.give(item, value, valueSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_define_metric(type: number, name: number, nameSize: number, idAt: number) {
      const text = vm.readText(name, nameSize);
      if (text === null) return Status.InvalidMemoryAccess;
      if (type >>> 0 > MetricType.Last) return Status.BadArgument;
      return vm.writeWord(idAt, vm.metrics.define(type, text)) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_increment_metric(id: number, offset: bigint) {
      return vm.metrics.increment(id, offset);
    },
    proxy_record_metric(id: number, value: bigint) {
      return vm.metrics.record(id, BigInt.asUintN(64, value));
    },
    proxy_get_metric(id: number, result: number) {
      const value = vm.metrics.get(id);
      if (typeof value === "number") return value;
      return vm.writeLong(result, value) ? Status.Ok : Status.InvalidMemoryAccess;
    },
  };
}
