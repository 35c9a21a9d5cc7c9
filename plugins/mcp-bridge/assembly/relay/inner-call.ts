// What the gateway tells itself where a plugin's call has to reach a server whose stream never ends: the request goes
// to a listener inside of this Envoy, which nobody else can reach, and is answered from there once its answer has come.
import { calloutHeaders, HeaderList, Slice } from "@weir/sdk/assembly";

/** Whom the request is for. The routes of that listener go by it. */
export const INNER_SERVER = Slice.of("x-weir-mcp-server");
/** What the server is convinced with. */
const CREDENTIAL = Slice.of("x-weir-mcp-credential");
/** Why there is no answer: goes on from the server's name. */
const FAILURE = Slice.of("x-weir-mcp-failure");

/** Addresses a request to the server of this name. */
export function addressInner(headers: HeaderList, name: Slice, credential: Slice): void {
  headers.add(INNER_SERVER, name);
  if (credential.length) headers.add(CREDENTIAL, credential);
}

export function credentialIn(headers: HeaderList): Slice {
  const credential = headers.get(CREDENTIAL);
  return credential ? credential : Slice.empty();
}

/** The headers of an answer that is none. */
export function failureHeaders(why: string): HeaderList {
  return new HeaderList().add(FAILURE, Slice.of(why));
}

/** What an answer's headers say of why it is none; empty where they say nothing. */
export function failureIn(headers: HeaderList): string {
  const why = headers.get(FAILURE);
  return why ? why.toText() : "";
}

/** Likewise, of what has answered a call. */
export function calloutFailure(): string {
  const why = calloutHeaders.get(FAILURE);
  return why ? why.toText() : "";
}
