// The answer of one attempt, on its way to the client: an event stream, a JSON text, an error, or something that is
// only passed on. Each kind is a stage that takes the body's pieces.
import { DataStatus } from "@weir/sdk/assembly";

/** What takes an answer's body. */
export abstract class ResponseStage {
  /** A piece of the body: `size` bytes in `responseBody`. */
  abstract onBody(size: u32, endOfStream: bool): DataStatus;

  /** The body has ended with trailers. */
  abstract onTrailers(): void;
}
