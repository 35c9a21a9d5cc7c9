// Anthropic's Messages API, as the hub sees it. https://platform.claude.com/docs/en/api/messages
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { Dialect, EncodeOptions } from "../../hub/assembly/dialect";
import { ChatSink, StreamDecoder, StreamOptions } from "../../hub/assembly/stream";
import { decodeRequest } from "./decode-request";
import { decodeResponse } from "./decode-response";
import { MessageStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { encodeResponse } from "./encode-response";
import { MessageStreamEncoder } from "./encode-stream";
import { decodeError, encodeError, errorStatus } from "./error";
import { NAME_OF_DIALECT } from "./names";

const THREAD_DETAILS = Slice.of('{"error_code":"thread_unsupported_request","unsupported":["thread"]}');

/** The dialect. */
@final
export class Anthropic extends Dialect {
  constructor() {
    super(NAME_OF_DIALECT);
  }

  decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
    return decodeRequest(tape, request);
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, options, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse): Fault | null {
    return decodeResponse(tape, response);
  }

  encodeResponse(response: ChatResponse, output: Writer): void {
    encodeResponse(response, new JsonWriter(output));
  }

  streamDecoder(sink: ChatSink): StreamDecoder {
    return new MessageStreamDecoder(sink);
  }

  streamEncoder(options: StreamOptions): ChatSink {
    return new MessageStreamEncoder(options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }

  encodeError(error: ChatError, output: Writer): void {
    encodeError(error, new JsonWriter(output));
  }

  errorStatus(error: ChatError): i32 {
    return errorStatus(error);
  }

  /** Threads that the provider keeps: told in such a way that Anthropic's SDK sends the whole history instead. */
  requestError(fault: Fault): ChatError {
    const error = super.requestError(fault);
    if (fault.code == FaultCode.Unsupported) error.rawDetails = THREAD_DETAILS;
    return error;
  }
}
