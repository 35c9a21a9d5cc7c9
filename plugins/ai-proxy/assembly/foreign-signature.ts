// Whether a client's history holds signatures of another family of models: those that a translation has marked
// (hub/signature.ts), when an earlier turn was served by another provider. Such a request cannot pass as it is, or the
// provider would refuse what it has not signed.
import { Slice } from "@weir/sdk/assembly";
import { Family } from "@weir/dialects/surfaces/assembly/surface";

const MARK = Slice.of('"weir:');
/** Gemini's signatures are base64: this is `weir`, and what of the next byte is in its last letter. */
const MARK_IN_BASE64 = Slice.of('"d2Vpc');

/** Whether `body` has such a mark. */
export function hasForeignSignature(family: Family, body: Slice): bool {
  return body.find(family == Family.Gemini ? MARK_IN_BASE64 : MARK) >= 0;
}
