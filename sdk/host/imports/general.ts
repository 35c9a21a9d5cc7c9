// Host functions for logging, time, timers, properties, foreign functions and the life of contexts.
import { LogLevel, Status } from "../abi.ts";
import type { HostFunctions } from "../imports.ts";
import { readProperty } from "../properties.ts";
import type { WasmVm } from "../vm.ts";

export function generalImports(vm: WasmVm): HostFunctions {
  return {
    proxy_log(level: number, message: number, size: number) {
      const text = vm.readText(message, size);
      if (text === null) return Status.InvalidMemoryAccess;
      if (level >>> 0 > LogLevel.Critical) return Status.BadArgument;
      vm.host.log(level, text, vm.current ? vm.acting.root.plugin.name : "");
      return Status.Ok;
    },
    proxy_get_log_level(result: number) {
      return vm.writeWord(result, vm.host.logLevel) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_get_current_time_nanoseconds(result: number) {
      return vm.writeLong(result, vm.host.clock.nowNanos) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_tick_period_milliseconds(periodMs: number) {
      vm.acting.root.setTickPeriod(periodMs >>> 0);
      return Status.Ok;
    },
    proxy_get_property(path: number, pathSize: number, value: number, valueSize: number) {
      const name = vm.readText(path, pathSize);
      if (name === null) return Status.InvalidMemoryAccess;
      const found = readProperty(vm.acting.properties, name);
      if (typeof found === "number") return found;
      return vm.give(found, value, valueSize) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_property(path: number, pathSize: number, value: number, valueSize: number) {
      const name = vm.readText(path, pathSize);
      const bytes = vm.read(value, valueSize);
      if (name === null || !bytes) return Status.InvalidMemoryAccess;
      const { filterState } = vm.acting.properties;
      if (!filterState) return Status.NotFound;
      const key = `wasm.${name}`;
      if (filterState.has(key) && vm.acting.root.declaredProperties.get(name)?.readonly) return Status.BadArgument;
      filterState.set(key, Uint8Array.from(bytes));
      return Status.Ok;
    },
    proxy_call_foreign_function(
      name: number,
      nameSize: number,
      args: number,
      argsSize: number,
      result: number,
      resultSize: number,
    ) {
      const text = vm.readText(name, nameSize);
      const bytes = vm.read(args, argsSize);
      if (text === null || !bytes) return Status.InvalidMemoryAccess;
      const called = vm.host.foreignFunctions[text];
      if (!called) return Status.NotFound;
      const answer = called(Uint8Array.from(bytes), { context: vm.acting, root: vm.acting.root });
      if (typeof answer === "number" && answer !== Status.Ok) return answer;
      const given = vm.give(typeof answer === "number" ? "" : answer, result, resultSize);
      return given ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_effective_context(id: number) {
      if (!vm.contexts.has(id)) return Status.BadArgument;
      vm.effectiveId = id;
      return Status.Ok;
    },
    proxy_done() {
      return vm.acting.root.confirmDone();
    },
    proxy_get_status(code: number, message: number, messageSize: number) {
      const { status } = vm.acting.root;
      const written = vm.writeWord(code, status.code) && vm.give(status.message, message, messageSize);
      return written ? Status.Ok : Status.InvalidMemoryAccess;
    },
  };
}
