// The few WASI functions a plugin may import: randomness, environment, and a log by file descriptor.
// Source: https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md
import { LogLevel } from "../abi.ts";
import type { HostFunctions } from "../imports.ts";
import type { WasmVm } from "../vm.ts";

const errno = { success: 0, badDescriptor: 8, fault: 21, invalid: 28, notSupported: 58 };
/** Envoy refuses to fill more at once. */
const randomBytesMax = 64 * 1024;

export function wasiImports(vm: WasmVm): HostFunctions {
  const entries = Object.entries(vm.options.environment).map(([key, value]) => Buffer.from(`${key}=${value}\0`));
  return {
    random_get(pointer: number, size: number) {
      if (size >>> 0 > randomBytesMax) return errno.invalid;
      const bytes = vm.read(pointer, size);
      if (!bytes) return errno.fault;
      bytes.set(vm.host.random.bytes(bytes.length));
      return errno.success;
    },
    environ_sizes_get(count: number, size: number) {
      const total = entries.reduce((sum, entry) => sum + entry.length, 0);
      return vm.writeWord(count, entries.length) && vm.writeWord(size, total) ? errno.success : errno.fault;
    },
    environ_get(pointers: number, text: number) {
      let at = text >>> 0;
      for (const [i, entry] of entries.entries()) {
        const target = vm.read(at, entry.length);
        if (!target || !vm.writeWord(pointers + i * 4, at)) return errno.fault;
        target.set(entry);
        at += entry.length;
      }
      return errno.success;
    },
    clock_time_get(id: number, _precision: bigint, result: number) {
      if (id > 1) return errno.notSupported;
      return vm.writeLong(result, vm.host.clock.nowNanos) ? errno.success : errno.fault;
    },
    fd_write(descriptor: number, vectors: number, count: number, written: number) {
      if (descriptor !== 1 && descriptor !== 2) return errno.badDescriptor;
      let text = "";
      for (let i = 0; i < count; i++) {
        const vector = vm.read(vectors + i * 8, 8);
        const part = vector && vm.readText(vector.readUInt32LE(0), vector.readUInt32LE(4));
        if (part === null) return errno.fault;
        text += part;
      }
      const level = descriptor === 1 ? LogLevel.Info : LogLevel.Error;
      if (text) vm.host.log(level, text.replace(/\n$/, ""), vm.current ? vm.acting.root.plugin.name : "");
      return vm.writeWord(written, text.length) ? errno.success : errno.fault;
    },
  };
}
