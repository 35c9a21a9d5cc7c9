// What a dialect offers to the clients that speak it. Bodies come as scanned tapes and go to writers; nothing
// here traps or calls the host.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "./chat-error";
import { ChatRequest } from "./chat-request";
import { ChatResponse } from "./chat-response";
import { contentFrom } from "./content";
import { ChatSink, StreamOptions } from "./stream";

/** One wire format, as clients speak it. The tape is kept while what was decoded is used. */
export abstract class ClientDialect {
  /** `name` is its folder's. */
  constructor(readonly name: Slice) {}

  /** Client → hub. A fault is the client's mistake: its `detail` is a sentence to be shown. */
  abstract decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null;

  /** Hub → client, of an answer that is not streamed. */
  abstract encodeResponse(response: ChatResponse, output: Writer): void;

  /** Hub → client, into `options.output`. */
  abstract streamEncoder(options: StreamOptions): ChatSink;

  /** Hub → client; the status is `errorStatus`. */
  abstract encodeError(error: ChatError, output: Writer): void;

  /** The status that this dialect gives an error. */
  errorStatus(error: ChatError): i32 {
    return error.status;
  }

  /** The answer to a request that `decodeRequest` refused. */
  requestError(fault: Fault): ChatError {
    return ChatError.of(ErrorKind.InvalidRequest, contentFrom(Slice.of(fault.detail)));
  }
}
