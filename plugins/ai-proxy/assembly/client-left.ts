// Whether a request has ended because its client has gone, as Envoy's details of the response tell.
// https://www.envoyproxy.io/docs/envoy/v1.40.0/configuration/http/http_conn_man/response_code_details
import { getProperty, propertyPath, Slice } from "@weir/sdk/assembly";

const DETAILS = propertyPath("response", "code_details");
const DOWNSTREAM = Slice.of("downstream");
const REMOTE_RESET = Slice.of("http2.remote");

/** Whether the request ended because the client has left. */
export function hasClientLeft(): bool {
  const details = getProperty(DETAILS);
  return details ? details.startsWith(DOWNSTREAM) || details.startsWith(REMOTE_RESET) : false;
}
