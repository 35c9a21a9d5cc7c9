// Calls host functions with pointers, sizes and numbers that no plugin in its right mind gives, and logs what they
// answer.
import { logInfo } from "@weir/sdk/assembly";
import {
  proxy_add_header_map_value,
  proxy_call_foreign_function,
  proxy_close_stream,
  proxy_continue_stream,
  proxy_define_metric,
  proxy_dequeue_shared_queue,
  proxy_enqueue_shared_queue,
  proxy_get_buffer_bytes,
  proxy_get_header_map_pairs,
  proxy_get_header_map_value,
  proxy_get_metric,
  proxy_get_property,
  proxy_get_shared_data,
  proxy_grpc_cancel,
  proxy_grpc_close,
  proxy_grpc_send,
  proxy_http_call,
  proxy_increment_metric,
  proxy_record_metric,
  proxy_remove_header_map_value,
  proxy_set_buffer_bytes,
  proxy_set_effective_context,
  proxy_set_header_map_pairs,
  proxy_set_property,
  proxy_set_shared_data,
} from "@weir/sdk/assembly/env";

/** Beyond any memory. */
const far: usize = 0xffff_ff00;
const huge: u32 = 0x7fff_ffff;
const slot = memory.data(16);
const key = memory.data<u8>([0x6b, 0x65, 0x79]);
/** Says that it holds more pairs than follow. */
const brokenPairs = memory.data<u32>([1000, 5]);

export function callWildly(): void {
  onMaps();
  onBuffers();
  onShared();
  onCallouts();
  onOthers();
}

function told(name: string, status: u32): void {
  logInfo(`wild ${name}: ${status}`);
}

function onMaps(): void {
  told("get name", proxy_get_header_map_value(0, far, 10, slot, slot + 4));
  told("get result", proxy_get_header_map_value(6, key, 3, slot, slot + 4));
  told("get type", proxy_get_header_map_value(99, key, 3, slot, slot + 4));
  told("add value", proxy_add_header_map_value(0, key, 3, 1024, huge));
  told("remove type", proxy_remove_header_map_value(99, key, 3));
  told("add to a reply", proxy_add_header_map_value(6, key, 3, key, 3));
  told("pairs type", proxy_get_header_map_pairs(8, slot, slot + 4));
  told("pairs of nothing", proxy_get_header_map_pairs(3, slot, slot + 4));
  told("pairs far", proxy_set_header_map_pairs(0, far, 8));
  told("pairs broken on a reply", proxy_set_header_map_pairs(6, brokenPairs, 8));
}

function onBuffers(): void {
  told("buffer type", proxy_get_buffer_bytes(99, 0, 10, slot, slot + 4));
  told("buffer of nothing", proxy_get_buffer_bytes(0, 0, 10, slot, slot + 4));
  told("buffer overflow", proxy_get_buffer_bytes(0, 10, u32.MAX_VALUE, slot, slot + 4));
  told("buffer of no reply", proxy_get_buffer_bytes(4, 0, 10, slot, slot + 4));
  told("buffer result", proxy_get_buffer_bytes(0, 0, 0, far, far));
  told("set nothing", proxy_set_buffer_bytes(0, 0, 0, key, 3));
  told("set configuration", proxy_set_buffer_bytes(6, 0, 0, key, 3));
  told("set far", proxy_set_buffer_bytes(0, 0, 0, far, 3));
}

function onShared(): void {
  told("shared key", proxy_get_shared_data(far, 3, slot, slot + 4, slot + 8));
  told("shared value", proxy_set_shared_data(key, 3, far, 3, 0));
  told("dequeue nothing", proxy_dequeue_shared_queue(999, slot, slot + 4));
  told("enqueue nothing", proxy_enqueue_shared_queue(999, key, 3));
  told("enqueue far", proxy_enqueue_shared_queue(999, far, 3));
  told("metric type", proxy_define_metric(7, key, 3, slot));
  told("metric name", proxy_define_metric(0, far, 3, slot));
  told("metric unknown", proxy_increment_metric(4096, 1));
  told("metric unknown gauge", proxy_record_metric(4097, 1));
  told("metric of a histogram", proxy_get_metric(4098, slot));
  told("metric of no type", proxy_increment_metric(4099, 1));
}

function onCallouts(): void {
  told("call far", proxy_http_call(far, 3, far, 3, far, 3, far, 3, 10, slot));
  told("call nowhere", proxy_http_call(key, 3, brokenPairs, 8, key, 0, key, 0, 10, slot));
  told("send nothing", proxy_grpc_send(2, key, 3, 0));
  told("send on a call", proxy_grpc_send(1, key, 3, 0));
  told("send far", proxy_grpc_send(2, far, 3, 0));
  told("cancel nothing", proxy_grpc_cancel(1));
  told("cancel http", proxy_grpc_cancel(4));
  told("close nothing", proxy_grpc_close(2));
  told("close http", proxy_grpc_close(0));
}

function onOthers(): void {
  told("property far", proxy_get_property(far, 3, slot, slot + 4));
  told("property result", proxy_set_property(key, 3, far, 3));
  told("foreign far", proxy_call_foreign_function(far, 3, key, 3, slot, slot + 4));
  told("foreign unknown", proxy_call_foreign_function(key, 3, key, 3, slot, slot + 4));
  told("context unknown", proxy_set_effective_context(123456));
  told("continue what", proxy_continue_stream(9));
  told("close what", proxy_close_stream(9));
  told("continue upstream", proxy_continue_stream(3));
}
