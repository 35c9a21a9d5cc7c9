// What a dialect offers for reranking, to clients and for providers. Bodies come as scanned tapes and go to writers;
// nothing here traps or calls the host. Errors are those of the chat dialect named beside each.
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonTape } from "@weir/sdk/assembly/json/tape";
import { Endpoint } from "./provider-dialect";
import { RerankRequest, RerankResponse } from "./rerank";

/** One surface, as clients speak it. */
export abstract class RerankClient {
  /** What configurations call the surface. */
  readonly surface: Slice;
  /** The `ClientDialect` that writes errors to such clients. */
  readonly dialect: Slice;

  constructor(surface: string, dialect: string) {
    this.surface = Slice.of(surface);
    this.dialect = Slice.of(dialect);
  }

  /** Client → hub. A fault is the client's mistake, to be shown. */
  abstract decodeRequest(tape: JsonTape, request: RerankRequest): Fault | null;

  /** Hub → client. A fault is the provider's; what was written is void then. */
  abstract encodeResponse(request: RerankRequest, response: RerankResponse, output: Writer): Fault | null;
}

/** One wire format, as providers speak it. */
export abstract class RerankProvider {
  readonly name: Slice;

  constructor(
    name: string,
    /** Where a request goes. */
    readonly endpoint: Endpoint,
  ) {
    this.name = Slice.of(name);
  }

  /** Hub → provider. What cannot be carried goes into `request.dropped`. */
  abstract encodeRequest(request: RerankRequest, output: Writer): void;

  /** Provider → hub, of a 2xx answer. */
  abstract decodeResponse(tape: JsonTape, response: RerankResponse): Fault | null;
}
