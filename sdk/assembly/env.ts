// The host's functions of Proxy-Wasm ABI 0.2.1: every `proxy_*` name the SDK imports, and nothing else.
// The file's name is the import module's name. A function that a plugin never reaches is not imported by its Wasm.
// Pointers are `usize`, sizes and ids `u32`; every function answers with a `Status` (abi.ts).
// https://github.com/proxy-wasm/spec/blob/main/abi-versions/v0.2.1/README.md

export declare function proxy_log(level: u32, message: usize, messageSize: u32): u32;
export declare function proxy_get_log_level(returnLevel: usize): u32;

export declare function proxy_get_current_time_nanoseconds(returnTime: usize): u32;
export declare function proxy_set_tick_period_milliseconds(periodMs: u32): u32;

export declare function proxy_get_property(path: usize, pathSize: u32, returnValue: usize, returnSize: usize): u32;
export declare function proxy_set_property(path: usize, pathSize: u32, value: usize, valueSize: u32): u32;

export declare function proxy_get_buffer_bytes(
  buffer: u32,
  start: u32,
  size: u32,
  returnBytes: usize,
  returnSize: usize,
): u32;
export declare function proxy_get_buffer_status(buffer: u32, returnSize: usize, returnFlags: usize): u32;
export declare function proxy_set_buffer_bytes(buffer: u32, start: u32, size: u32, bytes: usize, bytesSize: u32): u32;

export declare function proxy_get_header_map_size(map: u32, returnSize: usize): u32;
export declare function proxy_get_header_map_pairs(map: u32, returnPairs: usize, returnSize: usize): u32;
export declare function proxy_set_header_map_pairs(map: u32, pairs: usize, pairsSize: u32): u32;
export declare function proxy_get_header_map_value(
  map: u32,
  name: usize,
  nameSize: u32,
  returnValue: usize,
  returnSize: usize,
): u32;
export declare function proxy_add_header_map_value(
  map: u32,
  name: usize,
  nameSize: u32,
  value: usize,
  valueSize: u32,
): u32;
export declare function proxy_replace_header_map_value(
  map: u32,
  name: usize,
  nameSize: u32,
  value: usize,
  valueSize: u32,
): u32;
export declare function proxy_remove_header_map_value(map: u32, name: usize, nameSize: u32): u32;

export declare function proxy_continue_stream(stream: u32): u32;
export declare function proxy_close_stream(stream: u32): u32;
export declare function proxy_send_local_response(
  status: u32,
  details: usize,
  detailsSize: u32,
  body: usize,
  bodySize: u32,
  headerPairs: usize,
  headerPairsSize: u32,
  grpcStatus: u32,
): u32;

export declare function proxy_http_call(
  cluster: usize,
  clusterSize: u32,
  headerPairs: usize,
  headerPairsSize: u32,
  body: usize,
  bodySize: u32,
  trailerPairs: usize,
  trailerPairsSize: u32,
  timeoutMs: u32,
  returnToken: usize,
): u32;

export declare function proxy_grpc_call(
  upstream: usize,
  upstreamSize: u32,
  service: usize,
  serviceSize: u32,
  method: usize,
  methodSize: u32,
  metadataPairs: usize,
  metadataPairsSize: u32,
  message: usize,
  messageSize: u32,
  timeoutMs: u32,
  returnToken: usize,
): u32;
export declare function proxy_grpc_stream(
  upstream: usize,
  upstreamSize: u32,
  service: usize,
  serviceSize: u32,
  method: usize,
  methodSize: u32,
  metadataPairs: usize,
  metadataPairsSize: u32,
  returnToken: usize,
): u32;
export declare function proxy_grpc_send(token: u32, message: usize, messageSize: u32, endStream: u32): u32;
export declare function proxy_grpc_cancel(token: u32): u32;
export declare function proxy_grpc_close(token: u32): u32;
export declare function proxy_get_status(returnCode: usize, returnMessage: usize, returnSize: usize): u32;

export declare function proxy_get_shared_data(
  key: usize,
  keySize: u32,
  returnValue: usize,
  returnSize: usize,
  returnCas: usize,
): u32;
export declare function proxy_set_shared_data(key: usize, keySize: u32, value: usize, valueSize: u32, cas: u32): u32;

export declare function proxy_register_shared_queue(name: usize, nameSize: u32, returnQueue: usize): u32;
export declare function proxy_resolve_shared_queue(
  vmId: usize,
  vmIdSize: u32,
  name: usize,
  nameSize: u32,
  returnQueue: usize,
): u32;
export declare function proxy_enqueue_shared_queue(queue: u32, value: usize, valueSize: u32): u32;
export declare function proxy_dequeue_shared_queue(queue: u32, returnValue: usize, returnSize: usize): u32;

export declare function proxy_define_metric(kind: u32, name: usize, nameSize: u32, returnMetric: usize): u32;
export declare function proxy_increment_metric(metric: u32, delta: i64): u32;
export declare function proxy_record_metric(metric: u32, value: u64): u32;
export declare function proxy_get_metric(metric: u32, returnValue: usize): u32;

export declare function proxy_set_effective_context(context: u32): u32;
export declare function proxy_done(): u32;
export declare function proxy_call_foreign_function(
  name: usize,
  nameSize: u32,
  input: usize,
  inputSize: u32,
  returnOutput: usize,
  returnSize: usize,
): u32;
