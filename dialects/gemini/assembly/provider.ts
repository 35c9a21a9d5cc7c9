// Google's generateContent, as the Gemini API and Vertex AI speak it. https://ai.google.dev/api/generate-content
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { FrameReader } from "../../hub/assembly/frames";
import { DecodeOptions, EncodeOptions } from "../../hub/assembly/options";
import { Endpoint, ProviderDialect } from "../../hub/assembly/provider-dialect";
import { ChatSink, StreamDecoder } from "../../hub/assembly/stream";
import { decodeResponse } from "./decode-response";
import { GeminiStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { decodeError } from "./error";
import { GeminiFrames } from "./frames";
import { NAME_OF_DIALECT } from "./names";

const GENERATE = new Endpoint("generateContent", "/models/{model}:generateContent");
const STREAM = new Endpoint("streamGenerateContent", "/models/{model}:streamGenerateContent?alt=sse");

/** The dialect of providers. */
@final
export class GeminiProvider extends ProviderDialect {
  constructor() {
    super(NAME_OF_DIALECT, GENERATE, STREAM);
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, options, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
    return decodeResponse(tape, response, options);
  }

  streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder {
    return new GeminiStreamDecoder(sink, options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }

  frames(): FrameReader {
    return new GeminiFrames();
  }
}
