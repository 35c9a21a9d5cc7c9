// OpenAI's chat completions, as providers speak them. https://platform.openai.com/docs/api-reference/chat
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { DecodeOptions, EncodeOptions } from "../../hub/assembly/options";
import { Endpoint, ProviderDialect } from "../../hub/assembly/provider-dialect";
import { ChatSink, StreamDecoder } from "../../hub/assembly/stream";
import { decodeResponse } from "./decode-response";
import { ChatStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { decodeError } from "./error";
import { NAME_OF_DIALECT } from "./names";

const CHAT = new Endpoint("chat/completions", "/chat/completions");

/** The dialect of providers. */
@final
export class OpenAiChatProvider extends ProviderDialect {
  constructor() {
    super(NAME_OF_DIALECT, CHAT, CHAT);
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, options, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
    return decodeResponse(tape, response);
  }

  streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder {
    return new ChatStreamDecoder(sink, options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }
}
