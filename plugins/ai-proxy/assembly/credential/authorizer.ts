// A credential that is made anew for requests: signed, or exchanged for a token that expires.
import { Slice } from "@weir/sdk/assembly";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";

/** A request that is about to be sent, and may have to wait for its credential. Its context is effective. */
export abstract class Departure {
  /** The path for the provider. */
  path: Slice = Slice.empty();
  method: Slice = Slice.empty();
  authority: Slice = Slice.empty();
  body: Slice = Slice.empty();

  /** Lets a request go on that had to wait: it asks for its credential once more. Or refuses it. */
  abstract settle(refusal: Refusal | null): void;
}

/** Makes the credential of one target. */
export abstract class Authorizer {
  /**
   * Sets the request's headers and returns true; or returns false, and has the request settled later, or at once where
   * nothing can be had.
   */
  abstract authorize(departure: Departure): bool;

  /** The request's client has gone: it is not to be settled. */
  forget(departure: Departure): void {}
}
