// Anthropic's Messages API, as clients speak it. https://platform.claude.com/docs/en/api/messages
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { ClientDialect } from "../../hub/assembly/client-dialect";
import { ChatSink, StreamOptions } from "../../hub/assembly/stream";
import { decodeRequest } from "./decode-request";
import { encodeResponse } from "./encode-response";
import { MessageStreamEncoder } from "./encode-stream";
import { encodeError, errorStatus } from "./error";
import { NAME_OF_DIALECT } from "./names";

const THREAD_DETAILS = Slice.of('{"error_code":"thread_unsupported_request","unsupported":["thread"]}');

/** The dialect of clients. */
@final
export class AnthropicClient extends ClientDialect {
  constructor() {
    super(NAME_OF_DIALECT);
  }

  decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
    return decodeRequest(tape, request);
  }

  encodeResponse(response: ChatResponse, output: Writer): void {
    encodeResponse(response, new JsonWriter(output));
  }

  streamEncoder(options: StreamOptions): ChatSink {
    return new MessageStreamEncoder(options);
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
