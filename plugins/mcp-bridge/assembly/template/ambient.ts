// What a template may ask of the world around it. The engine itself asks nobody.
import { Slice } from "@weir/sdk/assembly";

/** The world of one execution. */
export abstract class Ambient {
  /** Unix time in milliseconds. */
  abstract nowMs(): i64;
  /** 16 bytes that nobody can guess. */
  abstract randomBytes(): Slice;
  /** The address of whoever called. */
  abstract clientAddress(): Slice;
}
