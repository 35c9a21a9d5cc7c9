// OpenAI's chat completions, as the hub sees them. https://platform.openai.com/docs/api-reference/chat
import { Fault } from "@weir/sdk/assembly/bytes/fault";
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
import { ChatStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { encodeResponse } from "./encode-response";
import { ChatStreamEncoder } from "./encode-stream";
import { decodeError, encodeError } from "./error";
import { NAME_OF_DIALECT } from "./names";

/** The dialect. */
@final
export class OpenAiChat extends Dialect {
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
    return new ChatStreamDecoder(sink);
  }

  streamEncoder(options: StreamOptions): ChatSink {
    return new ChatStreamEncoder(options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }

  encodeError(error: ChatError, output: Writer): void {
    encodeError(error, new JsonWriter(output));
  }

  /** 529 is Anthropic's own: OpenAI's SDK knows 503. */
  errorStatus(error: ChatError): i32 {
    return error.status == 529 ? 503 : error.status;
  }
}
