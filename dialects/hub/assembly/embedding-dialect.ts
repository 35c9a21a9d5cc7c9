// What a dialect offers for embeddings, to clients and for providers. Bodies come as scanned tapes and go to writers;
// nothing here traps or calls the host. Errors are those of the chat dialect named beside each.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { EmbeddingRequest, EmbeddingResponse } from "./embedding";
import { Endpoint } from "./provider-dialect";

/** One surface, as clients speak it. */
export abstract class EmbeddingClient {
  /** What configurations call the surface. */
  readonly surface: Slice;
  /** The `ClientDialect` that writes errors to such clients. */
  readonly dialect: Slice;

  constructor(surface: string, dialect: string) {
    this.surface = Slice.of(surface);
    this.dialect = Slice.of(dialect);
  }

  /** Client → hub. Where the path names the model it is set already. A fault is the client's mistake, to be shown. */
  abstract decodeRequest(tape: JsonTape, request: EmbeddingRequest): Fault | null;

  /** Hub → client. A fault is the provider's; what was written is void then. */
  abstract encodeResponse(request: EmbeddingRequest, response: EmbeddingResponse, output: Writer): Fault | null;
}

/** One wire format, as providers speak it. */
export abstract class EmbeddingProvider {
  readonly name: Slice;

  constructor(
    name: string,
    /** Where a request goes. */
    readonly endpoint: Endpoint,
    /**
     * How deep a tape has to record an answer: to the vectors, not to their numbers, of which there may be more than a
     * tape has room for.
     */
    readonly recordDepth: i32,
  ) {
    this.name = Slice.of(name);
  }

  /** Hub → provider. A fault says what such a provider cannot do: the client's answer, where no other target can. */
  abstract encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null;

  /** Provider → hub, of a 2xx answer. */
  abstract decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null;
}
