// What is known of a model's answer, filled while it passes.
import { Slice } from "@weir/sdk/assembly";
import { ChatResponse } from "@weir/dialects/hub/assembly/chat-response";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { plainOf } from "@weir/dialects/hub/assembly/content";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { encodeFinish } from "@weir/dialects/openai-chat/assembly/finish";

// What a hostile provider can put into logs by a name.
const nameBytesMax: i32 = 256;

/** Facts about one answer. */
@final
export class Answer {
  readonly usage: Usage = new Usage();
  /** The model that answered, in the provider's words. */
  model: Slice = Slice.empty();
  /** Why it ended: `stop`, `length`, `tool_calls`, `completed`, … */
  finish: Slice = Slice.empty();
  /** Whether the first event with content has passed. */
  hasContent: bool = false;
  /** Whether the model has called tools: Gemini's finish reason does not say so. */
  hasCalls: bool = false;
  /** Whether the answer broke off with an error. */
  hasFailed: bool = false;

  /** Keeps a copy of a name, for the bytes it came in are let go. */
  setModel(name: Slice): void {
    if (name.length && name.length <= nameBytesMax) this.model = name.copy();
  }

  /** As `setModel`. */
  setFinish(reason: Slice): void {
    if (reason.length && reason.length <= nameBytesMax) this.finish = reason.copy();
  }

  /** The finish reason in OpenAI's words. */
  setReason(reason: FinishReason): void {
    if (reason != FinishReason.Unknown) this.finish = encodeFinish(reason);
  }

  /** What a whole answer tells. */
  take(response: ChatResponse): void {
    this.setModel(plainOf(response.model));
    this.usage.merge(response.usage);
    for (let i = 0; i < response.choices.length; ++i) this.setReason(response.choices[i].finish);
  }
}
