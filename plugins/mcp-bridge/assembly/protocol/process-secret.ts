// A secret of this Envoy's own, where none is configured.
import { randomBytes, sharedData, Slice } from "@weir/sdk/assembly";

const SECRET_BYTES: i32 = 32;

/** The secret of this name, which all workers share: made when it is first needed, and gone with the process. */
export function processSecret(name: Slice): Slice {
  const known = sharedData.get(name);
  if (known) return known.value;
  sharedData.create(name, randomBytes(SECRET_BYTES));
  const made = sharedData.get(name);
  return made ? made.value : randomBytes(SECRET_BYTES);
}
