// Counting the tokens of a chat request before it is sent: what clients ask and providers answer. A request is the same
// as that for an answer, so the dialects of chat read and write it; here is only what stands around it.
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "./chat-request";
import { ClientDialect } from "./client-dialect";
import { isOneOf } from "./names";
import { EncodeOptions } from "./options";
import { Endpoint, ProviderDialect } from "./provider-dialect";

/** The answer. */
@final
export class TokenCount {
  inputTokens: i64 = -1;
  /** Of those, in a cache that the request names; −1 where nobody said. */
  cachedTokens: i64 = -1;
  /** Whether it was not the model that counted. */
  isEstimate: bool = false;
}

/** One surface, as clients speak it. */
export abstract class TokenCountClient {
  /** What configurations call the surface. */
  readonly surface: Slice;
  /** The `ClientDialect` of its chat, and of its errors. */
  readonly dialect: Slice;

  constructor(surface: string, dialect: string) {
    this.surface = Slice.of(surface);
    this.dialect = Slice.of(dialect);
  }

  /** Client → hub, by `chat`, the surface's dialect. A fault is the client's mistake, to be shown. */
  decodeRequest(tape: JsonTape, chat: ClientDialect, request: ChatRequest): Fault | null {
    return chat.decodeRequest(tape, request);
  }

  /** Hub → client. */
  abstract encodeResponse(count: TokenCount, output: Writer): void;
}

/** What a provider's request for counting is made of. */
@final
export class CountedRequest {
  constructor(
    /** The request for an answer, scanned to the depth of its members. */
    readonly tape: JsonTape,
    readonly model: Slice,
  ) {}

  /** Writes those members of the request for an answer that are in `kept`: others are refused. */
  encodeMembers(json: JsonWriter, kept: Slice[]): void {
    const tape = this.tape;
    for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
      const key = tape.keyText(member);
      if (isOneOf(key, kept)) json.key(key).raw(tape.raw(member));
    }
  }
}

/** One wire format, as providers speak it. */
export abstract class TokenCountProvider {
  readonly name: Slice;

  constructor(
    name: string,
    /** Where a request goes. */
    readonly endpoint: Endpoint,
    /** The answer's member with the count. */
    private readonly inputTokens: Slice,
  ) {
    this.name = Slice.of(name);
  }

  /** Hub → provider, by `chat`, the target's dialect. What cannot be carried goes into `request.dropped`. */
  encodeRequest(chat: ProviderDialect, request: ChatRequest, options: EncodeOptions, output: Writer): Fault | null {
    const unfit = chat.checkRequest(request);
    if (unfit) return unfit;
    const body = new Writer();
    const tape = new JsonTape(1);
    chat.encodeRequest(request, options, body);
    const fault = tape.scan(body.take());
    if (fault) return fault;
    this.encodeCounted(new CountedRequest(tape, request.model), new JsonWriter(output));
    return null;
  }

  /** Provider → hub, of a 2xx answer. */
  decodeResponse(tape: JsonTape, count: TokenCount): Fault | null {
    const node = tape.find(tape.root, this.inputTokens);
    if (tape.kind(node) != JsonKind.Number) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no count");
    count.inputTokens = max(tape.integer(node), 0);
    return null;
  }

  /** Writes the provider's request around the members of the one for an answer. */
  protected abstract encodeCounted(counted: CountedRequest, json: JsonWriter): void;
}
