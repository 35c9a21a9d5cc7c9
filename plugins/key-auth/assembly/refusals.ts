// Why a caller is turned away. No answer says whether a key exists that may not be used: unknown, expired and disabled
// ones read alike, and what a key may not reach is answered like what is not there.
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { ErrorKind } from "@weir/dialects/hub/assembly/chat-error";

export function missingKey(): Refusal {
  const message = "You must give an API key, such as in the header Authorization: Bearer <key>";
  return new Refusal(401, ErrorKind.Authentication, message, "missing_api_key");
}

/** `places` are names of headers and parameters. */
export function differentKeys(places: string): Refusal {
  const message = "The request holds different API keys: send the same in all of " + places + ", or only one";
  return new Refusal(401, ErrorKind.Authentication, message, "different_api_keys");
}

export function invalidKey(): Refusal {
  return new Refusal(401, ErrorKind.Authentication, "The API key is not valid", "invalid_api_key");
}

export function wrongNetwork(): Refusal {
  const message = "The API key may not be used from this address";
  return new Refusal(403, ErrorKind.Permission, message, "address_not_allowed");
}

export function modelNotListed(): Refusal {
  return new Refusal(404, ErrorKind.NotFound, "This gateway lists no such model", "model_not_found", "model");
}
