// Host functions on buffers (bodies, configuration, call data) and on the stream itself.
import { BufferType, Status, StreamType } from "../abi.ts";
import type { HostFunctions } from "../imports.ts";
import { decodePairs } from "../pairs.ts";
import type { WasmVm } from "../vm.ts";

export function bodyImports(vm: WasmVm): HostFunctions {
  const bufferOf = (type: number) => (type >>> 0 > BufferType.Last ? null : vm.acting.buffer(type));
  return {
    proxy_get_buffer_bytes(type: number, start: number, length: number, pointer: number, size: number) {
      if (type >>> 0 > BufferType.Last) return Status.BadArgument;
      const found = bufferOf(type);
      if (!found) return Status.NotFound;
      const from = start >>> 0;
      const until = from + (length >>> 0);
      const part = until > from ? found.buffer.bytes().subarray(from, until) : "";
      return vm.give(part, pointer, size) ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_get_buffer_status(type: number, length: number, flags: number) {
      if (type >>> 0 > BufferType.Last) return Status.BadArgument;
      const found = bufferOf(type);
      if (!found) return Status.NotFound;
      const written = vm.writeWord(length, found.buffer.length) && vm.writeWord(flags, 0);
      return written ? Status.Ok : Status.InvalidMemoryAccess;
    },
    proxy_set_buffer_bytes(type: number, start: number, length: number, data: number, size: number) {
      if (type >>> 0 > BufferType.Last) return Status.BadArgument;
      const found = bufferOf(type);
      if (!found) return Status.NotFound;
      const bytes = vm.read(data, size);
      if (!bytes) return Status.InvalidMemoryAccess;
      if (!found.writable) return Status.BadArgument;
      return splice(found.buffer, start >>> 0, length >>> 0, Uint8Array.from(bytes));
    },
    proxy_continue_stream(type: number) {
      return type >>> 0 > StreamType.Last ? Status.BadArgument : vm.acting.continueStream(type);
    },
    proxy_close_stream(type: number) {
      return type >>> 0 > StreamType.Last ? Status.BadArgument : vm.acting.closeStream(type);
    },
    proxy_send_local_response(
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      headers: number,
      headersSize: number,
      grpcStatus: number,
    ) {
      const detailsText = vm.readText(details, detailsSize);
      const bodyBytes = vm.read(body, bodySize);
      const headerBytes = vm.read(headers, headersSize);
      if (detailsText === null || !bodyBytes || !headerBytes) return Status.InvalidMemoryAccess;
      vm.acting.sendLocalReply({
        status,
        headers: decodePairs(headerBytes),
        body: Uint8Array.from(bodyBytes),
        details: detailsText.replace(/[ \t\n\v\f\r]/g, "_"),
        grpcStatus,
      });
      vm.stopIteration = true;
      return Status.Ok;
    },
  };
}

/** Envoy's Buffer::copyFrom: only the front can be replaced, and only the end appended to. */
function splice(
  buffer: { length: number; drain(size: number): void; prepend(b: Uint8Array): void; add(b: Uint8Array): void },
  start: number,
  length: number,
  bytes: Uint8Array,
): number {
  if (start === 0) {
    if (length) buffer.drain(length);
    buffer.prepend(bytes);
    return Status.Ok;
  }
  if (start < buffer.length) return Status.BadArgument;
  buffer.add(bytes);
  return Status.Ok;
}
