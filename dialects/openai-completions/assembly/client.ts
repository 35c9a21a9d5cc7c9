// OpenAI's older completions, as clients speak them: one prompt becomes one user message.
// https://platform.openai.com/docs/api-reference/completions
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { ClientDialect } from "../../hub/assembly/client-dialect";
import { ChatSink, StreamOptions } from "../../hub/assembly/stream";
import { encodeError } from "../../openai-chat/assembly/error";
import { decodeRequest } from "./decode-request";
import { encodeResponse } from "./encode-response";
import { CompletionStreamEncoder } from "./encode-stream";
import { NAME_OF_DIALECT } from "./names";

/** The dialect of clients. */
@final
export class OpenAiCompletionsClient extends ClientDialect {
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
    return new CompletionStreamEncoder(options);
  }

  encodeError(error: ChatError, output: Writer): void {
    encodeError(error, new JsonWriter(output));
  }

  /** 529 is Anthropic's own: OpenAI's SDK knows 503. */
  errorStatus(error: ChatError): i32 {
    return error.status == 529 ? 503 : error.status;
  }
}
