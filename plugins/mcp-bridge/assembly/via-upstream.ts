// Whether a server has answered, or Envoy in its place.
import { getProperty, propertyPath, Slice } from "@weir/sdk/assembly";

const DETAILS = propertyPath("response", "code_details");
const VIA_UPSTREAM = Slice.of("via_upstream");

/** Whether the answer on its way comes from upstream. */
export function isViaUpstream(): bool {
  const details = getProperty(DETAILS);
  return details != null && details.equals(VIA_UPSTREAM);
}
