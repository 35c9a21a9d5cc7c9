// DashScope's own API, for Qwen and the models beside it.
// https://www.alibabacloud.com/help/en/model-studio/qwen-api-reference
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { DecodeOptions, EncodeOptions } from "../../hub/assembly/options";
import { Endpoint, ProviderDialect, StreamHeader } from "../../hub/assembly/provider-dialect";
import { ChatSink, StreamDecoder } from "../../hub/assembly/stream";
import { decodeResponse } from "./decode-response";
import { DashScopeStreamDecoder } from "./decode-stream";
import { encodeRequest, thinks } from "./encode-request";
import { decodeError } from "./error";
import { isMultimodal, streamsOnly } from "./model";
import { NAME_OF_DIALECT } from "./names";

const TEXT = new Endpoint("text-generation", "/services/aigc/text-generation/generation");
const MULTIMODAL = new Endpoint("multimodal-generation", "/services/aigc/multimodal-generation/generation");
const STREAM_HEADER = new StreamHeader("x-dashscope-sse", "enable");

/** The dialect of DashScope. */
@final
export class DashScopeProvider extends ProviderDialect {
  constructor() {
    super(NAME_OF_DIALECT, TEXT, TEXT);
  }

  endpoint(request: ChatRequest): Endpoint {
    return isMultimodal(request) ? MULTIMODAL : TEXT;
  }

  isStreamOnly(request: ChatRequest): bool {
    return thinks(request) || streamsOnly(request);
  }

  streamHeader(): StreamHeader | null {
    return STREAM_HEADER;
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, options, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
    return decodeResponse(tape, response, options);
  }

  streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder {
    return new DashScopeStreamDecoder(sink, options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }
}
