// Google's generateContent, as clients speak it. The model stands in the path: `/v1beta/models/{model}:generateContent`
// or `:streamGenerateContent`, with `?alt=sse` for events in place of a list.
// https://ai.google.dev/api/generate-content
import { Fault } from "@weir/sdk/assembly/bytes/fault";
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
import { GeminiStreamEncoder } from "./encode-stream";
import { encodeError, errorStatus } from "./error";
import { NAME_OF_DIALECT } from "./names";

/** The dialect of clients. */
@final
export class GeminiClient extends ClientDialect {
  constructor() {
    super(NAME_OF_DIALECT);
  }

  /** Leaves `model` and `isStream`, which are not in the body, as the caller set them. */
  decodeRequest(tape: JsonTape, request: ChatRequest): Fault | null {
    return decodeRequest(tape, request);
  }

  encodeResponse(response: ChatResponse, output: Writer): void {
    encodeResponse(response, new JsonWriter(output));
  }

  streamEncoder(options: StreamOptions): ChatSink {
    return new GeminiStreamEncoder(options);
  }

  encodeError(error: ChatError, output: Writer): void {
    encodeError(error, new JsonWriter(output));
  }

  errorStatus(error: ChatError): i32 {
    return errorStatus(error);
  }
}
