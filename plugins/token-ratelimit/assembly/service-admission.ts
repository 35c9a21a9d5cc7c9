// What one request takes of its limits where a service counts them: what is asked, what is answered, what is settled.
import { JsonTape, Slice } from "@weir/sdk/assembly";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { Price } from "./price";

/** One request's part in the limits that a service counts. */
export abstract class ServiceAdmission {
  /** What asks for all of it: a RateLimitRequest but for its domain, as the others here. */
  abstract request(): Slice;

  /** Takes the answer into the admission. False where it is none that can be understood. */
  abstract take(answer: Slice, tape: JsonTape): bool;

  /** What gives back what may have been reserved by one without an answer; empty for none. */
  abstract undo(): Slice;

  /** Whether what is sent twice is done once. */
  abstract get isRepeatable(): bool;

  /** What settles all of it; empty for none. */
  abstract settlement(usage: Usage, price: Price | null): Slice;
}
