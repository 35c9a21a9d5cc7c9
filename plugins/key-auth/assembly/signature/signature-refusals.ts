// Why a signed request is turned away. An unknown key id and a wrong signature read alike.
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";

function refusal(message: string, code: string): Refusal {
  return new Refusal(401, ErrorKind.Authentication, message, code);
}

/** The code of a signature that does not fit, or whose key id nobody has. */
export const INVALID_SIGNATURE = "invalid_signature";

export function invalidSignature(): Refusal {
  return refusal("The signature is not that of this request", INVALID_SIGNATURE);
}

/** `missing` are names of headers. */
export function incompleteSignature(missing: string): Refusal {
  return refusal("The request must have, and its signature must cover: " + missing, "incomplete_signature");
}

export function clockSkewed(skewMs: i64): Refusal {
  const seconds = (skewMs / 1000).toString();
  return refusal("The request must tell its time, within " + seconds + " seconds of this gateway's", "clock_skewed");
}

export function invalidDigest(): Refusal {
  return refusal("The body is not the one that the request's digest was made of", "invalid_digest");
}

export function repeatedNonce(): Refusal {
  return refusal("A request with this nonce has been made already", "repeated_nonce");
}

export function nonceStoreFull(): Refusal {
  const message = "There are too many signed requests to remember all their nonces: try again later";
  return new Refusal(503, ErrorKind.Overloaded, message, "nonce_store_full");
}
