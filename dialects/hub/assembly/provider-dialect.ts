// What a dialect offers for the providers that speak it. Bodies come as scanned tapes and go to
// writers; nothing here traps or calls the host.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { ChatError } from "./chat-error";
import { ChatRequest } from "./chat-request";
import { ChatResponse } from "./chat-response";
import { FrameReader, SseFrames } from "./frames";
import { DecodeOptions, EncodeOptions } from "./options";
import { ChatSink, StreamDecoder } from "./stream";

/** An operation of a provider's API. */
@final
export class Endpoint {
  /** What configurations call it. */
  readonly name: Slice;
  /** Its path below the provider's base path; `{model}` stands for the model's name, percent-encoded. */
  readonly path: Slice;

  constructor(name: string, path: string) {
    this.name = Slice.of(name);
    this.path = Slice.of(path);
  }
}

/** A header of a request whose answer is to be a stream. */
@final
export class StreamHeader {
  /** In lower case. */
  readonly name: Slice;
  readonly value: Slice;

  constructor(name: string, value: string) {
    this.name = Slice.of(name);
    this.value = Slice.of(value);
  }
}

/** One wire format, as providers speak it. The tape is kept while what was decoded is used. */
export abstract class ProviderDialect {
  constructor(
    /** Its folder's. */
    readonly name: Slice,
    /** Where a chat request goes. */
    readonly chat: Endpoint,
    /** Where one goes whose answer is to be a stream. */
    readonly chatStream: Endpoint,
  ) {}

  /** Where this request goes, in a dialect with more than the two endpoints. */
  endpoint(request: ChatRequest): Endpoint {
    return request.isStream ? this.chatStream : this.chat;
  }

  /** The header `name: value` that asks for a stream where the body does not; null where it does. */
  streamHeader(): StreamHeader | null {
    return null;
  }

  /** Whether the provider answers this with a stream only, though a whole answer is wanted: it is put together then. */
  isStreamOnly(request: ChatRequest): bool {
    return false;
  }

  /** Why no provider of this dialect can be asked this: a fault is answered with 400, its `detail` is shown. */
  checkRequest(request: ChatRequest): Fault | null {
    return null;
  }

  /** Hub → provider. What cannot be carried goes into `request.dropped`. */
  abstract encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void;

  /** Provider → hub, of a 2xx answer that is not streamed. */
  abstract decodeResponse(tape: JsonTape, response: ChatResponse, options: DecodeOptions): Fault | null;

  /** Provider → hub, of a stream. */
  abstract streamDecoder(sink: ChatSink, options: DecodeOptions): StreamDecoder;

  /** Provider → hub, of an answer that is not 2xx. `tape` may be empty: the body was no JSON. */
  abstract decodeError(tape: JsonTape, status: i32, error: ChatError): void;

  /** What cuts the provider's stream into the frames that a `streamDecoder` takes. */
  frames(): FrameReader {
    return new SseFrames();
  }
}
