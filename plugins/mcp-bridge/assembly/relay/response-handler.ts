// What an exchange does with the answer of the server that its request was routed to.
import { DataStatus, HeadersStatus } from "@weir/sdk/assembly";

/** One answer, callback by callback. */
export abstract class ResponseHandler {
  /** Whether nothing more is to come. */
  isOver: bool = false;
  /** The code of the error that it was; empty where it was none. */
  failure: string = "";

  abstract onHeaders(endOfStream: bool): HeadersStatus;

  abstract onBody(size: u32, endOfStream: bool): DataStatus;

  abstract onTrailers(): void;
}
