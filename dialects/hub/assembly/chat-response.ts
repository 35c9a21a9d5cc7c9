// A whole answer in no dialect's words. Texts are JSON content; `raw…` fields are JSON values; empty is absent.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Dropped } from "./dropped";
import { FinishReason } from "./finish-reason";
import { Part } from "./part";
import { Usage } from "./usage";

/** One answer of those asked for. */
@final
export class Choice {
  readonly parts: Part[] = [];
  finish: FinishReason = FinishReason.Unknown;
  /** The stop sequence that came. */
  stopSequence: Slice = Slice.empty();
  rawLogprobs: Slice = Slice.empty();
}

/** The response. */
@final
export class ChatResponse {
  id: Slice = Slice.empty();
  model: Slice = Slice.empty();
  /** Seconds since 1970; 0 where the provider does not say: set it before encoding. */
  createdSeconds: i64 = 0;
  readonly choices: Choice[] = [];
  readonly usage: Usage = new Usage();
  serviceTier: Slice = Slice.empty();
  /** Letters and digits, new for each answer: ids are made from it where the provider has none. Set before encoding. */
  idSeed: Slice = Slice.empty();
  /** The request's `rawEcho`: set it before encoding. */
  rawEcho: Slice = Slice.empty();
  /** What could not be carried. */
  readonly dropped: Dropped = new Dropped();
}
