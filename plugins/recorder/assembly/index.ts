// The plugin's entry. Only the callbacks it needs are exported: the others are not worth a way into the VM.
import { registerRoot } from "@weir/sdk/assembly";
import { Recorder } from "./root";
export {
  proxy_abi_version_0_2_1,
  proxy_on_configure,
  proxy_on_context_create,
  proxy_on_delete,
  proxy_on_log,
  proxy_on_memory_allocate,
  proxy_on_vm_start,
} from "@weir/sdk/assembly/exports/vm";
export {
  proxy_on_request_body,
  proxy_on_request_headers,
  proxy_on_response_body,
  proxy_on_response_headers,
  proxy_on_response_trailers,
} from "@weir/sdk/assembly/exports/http";

registerRoot((id) => new Recorder(id));
