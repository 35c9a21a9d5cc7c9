// What a dialect offers. Bodies come as scanned tapes and go to writers; nothing here traps or calls the host.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError, ErrorKind } from "./chat-error";
import { ChatRequest } from "./chat-request";
import { ChatResponse } from "./chat-response";
import { contentFrom } from "./content";
import { ChatSink, StreamDecoder, StreamOptions } from "./stream";

/** How a provider wants its requests. */
@final
export class EncodeOptions {
  /** The limit of output tokens where the dialect needs one and the client gave none. */
  maxTokensDefault: i64 = 8192;
  /** Whether the limit is called `max_tokens`, as most OpenAI-compatible providers call it. */
  usesMaxTokens: bool = false;
  /** Whether an OpenAI-compatible provider takes `reasoning_content` and `reasoning_details` in its history. */
  keepsThinking: bool = false;
  /** Whether an OpenAI-compatible provider takes `cache_control` beside parts. */
  keepsCacheMarks: bool = false;
  /** Tool call ids have this length (Mistral: 9); 0 for any. */
  toolIdLength: i32 = 0;
}

/** One wire format, as a client's and as a provider's. The tape is kept while what was decoded is used. */
export abstract class Dialect {
  /** `name` is its folder's. */
  constructor(readonly name: Slice) {}

  /** Client → hub. A fault is the client's mistake: its `detail` is a sentence to be shown. */
  abstract decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null;

  /** Hub → provider. What cannot be carried goes into `request.dropped`. */
  abstract encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void;

  /** Provider → hub, of a 2xx answer that is not streamed. */
  abstract decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null;

  /** Hub → client. */
  abstract encodeResponse(response: ChatResponse, output: Writer): void;

  /** Provider → hub, of a stream. */
  abstract streamDecoder(sink: ChatSink): StreamDecoder;

  /** Hub → client, into `options.output`. */
  abstract streamEncoder(options: StreamOptions): ChatSink;

  /** Provider → hub, of an answer that is not 2xx. `tape` may be empty: the body was no JSON. */
  abstract decodeError(tape: JsonTape, status: i32, error: ChatError): void;

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
