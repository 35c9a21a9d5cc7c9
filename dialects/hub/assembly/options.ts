// How a provider wants its requests, and what its answers are completed with.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

/** How a provider wants its requests. */
@final
export class EncodeOptions {
  /** The limit of output tokens where the dialect needs one and the client gave none. */
  maxTokensDefault: i64 = 8192;
  /** Whether the limit is called `max_tokens`, as most OpenAI-compatible providers call it. */
  usesMaxTokens: bool = false;
  /** Whether an OpenAI-compatible provider takes `reasoning_content` and `reasoning_details` in its history. */
  keepsThinking: bool = false;
  /** Whether an OpenAI-compatible provider takes `cache_control` beside parts. */
  keepsCacheMarks: bool = false;
  /** Whether Anthropic's messages go to Vertex AI. */
  isVertex: bool = false;
  /** Tool call ids have this length (Mistral: 9); 0 for any. */
  toolIdLength: i32 = 0;
  /** Whether calls and results go without ids (Vertex AI, which refuses them). */
  omitsCallIds: bool = false;
}

/** What a decoder of answers is told. */
@final
export class DecodeOptions {
  /** Letters and digits, new for each answer: ids are made from it where the provider gives none. */
  idSeed: Slice = Slice.empty();
  /** The provider's name of the model that was asked (JSON content); empty where it is not known. */
  model: Slice = Slice.empty();
}
