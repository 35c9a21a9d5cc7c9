// Values by name, as cookies and queries hold them. They are compared as they stand, without decoding.
import { Slice } from "@weir/sdk/assembly";

/** A name that must be there with exactly this value. */
@final
export class NameValue {
  constructor(
    /** Of headers in lower case. */
    readonly name: Slice,
    readonly value: Slice,
  ) {}

  /** Whether `found` is the value. */
  fits(found: Slice | null): bool {
    return found ? found.equals(this.value) : false;
  }
}
