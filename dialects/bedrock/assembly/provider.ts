// Amazon Bedrock's Converse API: one form for all models that it serves.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
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
import { checkMedia } from "./check-media";
import { decodeResponse } from "./decode-response";
import { ConverseStreamDecoder } from "./decode-stream";
import { encodeRequest } from "./encode-request";
import { decodeError } from "./error";
import { EventStreamFrames } from "./frames";
import { NAME_OF_DIALECT } from "./names";

const CONVERSE = new Endpoint("converse", "/model/{model}/converse");
const CONVERSE_STREAM = new Endpoint("converse-stream", "/model/{model}/converse-stream");

/** The dialect of Bedrock. */
@final
export class BedrockProvider extends ProviderDialect {
  constructor() {
    super(NAME_OF_DIALECT, CONVERSE, CONVERSE_STREAM);
  }

  checkRequest(request: ChatRequest): Fault | null {
    return checkMedia(request);
  }

  encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
    encodeRequest(request, options, output);
  }

  decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null {
    return decodeResponse(tape, response, options);
  }

  streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder {
    return new ConverseStreamDecoder(sink, options);
  }

  decodeError(tape: JsonTape, status: i32, error: ChatError): void {
    decodeError(tape, status, error);
  }

  frames(): FrameReader {
    return new EventStreamFrames();
  }
}
