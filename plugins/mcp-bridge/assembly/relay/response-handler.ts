// What an exchange does with the answer of the server that its request was routed to.
import { DataStatus, HeadersStatus, setProperty, Slice } from "@weir/sdk/assembly";

const ERROR_STATE = Slice.of("weir.mcp_error");

/** One answer, callback by callback. */
export abstract class ResponseHandler {
  /** Whether nothing more is to come. */
  isOver: bool = false;
  /** The code of the error that it was, or `tool` where a tool has failed; empty where it went well. */
  failure: string = "";
  /** Whether nobody reads what is learned of it. */
  isSilent: bool = false;
  /** Whether anybody wants to know of failures. */
  isWatched: bool = false;

  /** Takes note of what has gone wrong. */
  protected note(failure: string): void {
    this.failure = failure;
    if (!this.isSilent) setProperty(ERROR_STATE, Slice.of(failure));
  }

  abstract onHeaders(endOfStream: bool): HeadersStatus;

  abstract onBody(size: u32, endOfStream: bool): DataStatus;

  abstract onTrailers(): void;
}
