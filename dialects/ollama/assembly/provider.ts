// Ollama's own chat API. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "../../hub/assembly/chat-error";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ChatResponse } from "../../hub/assembly/chat-response";
import { FrameReader } from "../../hub/assembly/frames";
import { NdjsonFrames } from "../../hub/assembly/ndjson-frames";
import { DecodeOptions, EncodeOptions } from "../../hub/assembly/options";
import { Endpoint, ProviderDialect } from "../../hub/assembly/provider-dialect";
import { ChatSink, StreamDecoder } from "../../hub/assembly/stream";
import { decodeResponse } from "./decode-response";
import { OllamaStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { decodeError } from "./error";
import { hasImageElsewhere } from "./media";
import { NAME_OF_DIALECT } from "./names";

const CHAT = new Endpoint("chat", "/api/chat");
const NOT_INLINE =
  "This provider takes images inline only: send a data URL with base64 in place of an address or a file's id";

/** The dialect of Ollama. */
@final
export class OllamaProvider extends ProviderDialect {
  constructor() {
    super(NAME_OF_DIALECT, CHAT, CHAT);
  }

  /** Ollama loads no images: without them the answer would be about something else than the question. */
  checkRequest(request: ChatRequest): Fault | null {
    return hasImageElsewhere(request) ? new Fault(FaultCode.InvalidFormat, -1, NOT_INLINE) : null;
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
    return decodeResponse(tape, response, options);
  }

  streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder {
    return new OllamaStreamDecoder(sink, options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }

  frames(): FrameReader {
    return new NdjsonFrames();
  }
}
