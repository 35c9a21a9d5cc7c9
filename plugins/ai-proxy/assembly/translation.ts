// What a translation does for one exchange whose client and provider speak different dialects. Which one it is, the
// client's surface decides.
import { JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { Exchange } from "./exchange";
import { ResponseStage } from "./response-stage";

const EVENT_STREAM = Slice.of("text/event-stream");

/** One exchange's translation. */
export abstract class Translation {
  /** What could not be carried: the value of `x-weir-dropped`, empty for nothing. */
  dropped: Slice = Slice.empty();

  /**
   * Reads the client's request and puts into `exchange.edit` what the provider is to get: body, path, and whether it is
   * a stream. What is wrong with the request is returned.
   */
  abstract encodeRequest(exchange: Exchange, body: Slice): Refusal | null;

  /** What takes an answer that is no error; `isStream` where it comes as a stream. */
  abstract answerStage(exchange: Exchange, isStream: bool): ResponseStage;

  /** The content type of what a client gets that asked for a stream. */
  get streamType(): Slice {
    return EVENT_STREAM;
  }

  /** The status that the client gets for an error of this status. */
  abstract errorStatus(status: u32): u32;

  /** Writes an error as the client knows errors. */
  abstract encodeError(error: ChatError, output: Writer): void;
}

/** A translation whose answer is whole. */
export abstract class WholeTranslation extends Translation {
  /** Writes the provider's answer, scanned into `tape`, for the client. Null, or what is wrong with it. */
  abstract encodeAnswer(exchange: Exchange, tape: JsonTape, output: Writer): ChatError | null;
}
