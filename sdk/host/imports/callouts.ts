// Host functions that call out: HTTP and gRPC.
import { Status } from "../abi.ts";
import type { HostFunctions } from "../imports.ts";
import { decodePairs } from "../pairs.ts";
import type { WasmVm } from "../vm.ts";

export function calloutImports(vm: WasmVm): HostFunctions {
  return {
    proxy_http_call(
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeoutMs: number,
      tokenAt: number,
    ) {
      const name = vm.readText(cluster, clusterSize);
      const bodyBytes = vm.read(body, bodySize);
      const headerBytes = vm.read(headers, headersSize);
      const trailerBytes = vm.read(trailers, trailersSize);
      if (name === null || !bodyBytes || !headerBytes || !trailerBytes || !vm.writeWord(tokenAt, 0))
        return Status.InvalidMemoryAccess;
      const { http } = vm.acting.root;
      const sent = http.send(name, decodePairs(headerBytes), bodyBytes, decodePairs(trailerBytes), timeoutMs | 0);
      vm.writeWord(tokenAt, sent.token);
      return sent.status;
    },
    proxy_grpc_call(
      service: number,
      serviceSize: number,
      name: number,
      nameSize: number,
      method: number,
      methodSize: number,
      metadata: number,
      metadataSize: number,
      request: number,
      requestSize: number,
      timeoutMs: number,
      tokenAt: number,
    ) {
      const message = vm.read(request, requestSize);
      if (!message) return Status.InvalidMemoryAccess;
      const unary = { request: message, timeoutMs };
      return open([service, serviceSize, name, nameSize, method, methodSize, metadata, metadataSize], unary, tokenAt);
    },
    proxy_grpc_stream(
      service: number,
      serviceSize: number,
      name: number,
      nameSize: number,
      method: number,
      methodSize: number,
      metadata: number,
      metadataSize: number,
      tokenAt: number,
    ) {
      return open([service, serviceSize, name, nameSize, method, methodSize, metadata, metadataSize], null, tokenAt);
    },
    proxy_grpc_send(token: number, message: number, size: number, endOfStream: number) {
      const bytes = vm.read(message, size);
      return bytes ? vm.acting.root.grpc.send(token, bytes, endOfStream !== 0) : Status.InvalidMemoryAccess;
    },
    proxy_grpc_cancel(token: number) {
      return vm.acting.root.grpc.cancel(token);
    },
    proxy_grpc_close(token: number) {
      return vm.acting.root.grpc.close(token);
    },
  };

  function open(target: number[], unary: { request: Uint8Array; timeoutMs: number } | null, tokenAt: number): number {
    const [service, name, method, metadata] = [0, 2, 4, 6].map((i) => vm.read(target[i]!, target[i + 1]!));
    if (!service || !name || !method || !metadata) return Status.InvalidMemoryAccess;
    const sent = vm.acting.root.grpc.start(
      { service: Uint8Array.from(service), name: name.toString("latin1"), method: method.toString("latin1") },
      decodePairs(metadata),
      unary,
    );
    if (sent.status !== Status.Ok) return sent.status;
    return vm.writeWord(tokenAt, sent.token) ? Status.Ok : Status.InvalidMemoryAccess;
  }
}
