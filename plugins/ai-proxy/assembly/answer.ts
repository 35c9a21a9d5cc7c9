// What is known of a model's answer, filled while it passes.
import { Slice } from "@weir/sdk/assembly";
import { ChatError } from "@weir/dialects/hub/assembly/chat-error";
import { ChatResponse } from "@weir/dialects/hub/assembly/chat-response";
import { FinishReason } from "@weir/dialects/hub/assembly/finish-reason";
import { plainOf } from "@weir/dialects/hub/assembly/content";
import { Usage } from "@weir/dialects/hub/assembly/usage";
import { encodeFinish } from "@weir/dialects/openai-chat/assembly/finish";

import * as reasons from "./reason";

// What a hostile provider can put into logs by a name.
const nameBytesMax: i32 = 256;

const CONTENT_FILTER = Slice.of("content_filter");

/** Facts about one answer. */
@final
export class Answer {
  readonly usage: Usage = new Usage();
  /** What the answer calls itself; empty where it has no name. */
  id: Slice = Slice.empty();
  /** The model that answered, in the provider's words. */
  model: Slice = Slice.empty();
  /** Why it ended: `stop`, `length`, `tool_calls`, `completed`, … */
  finish: Slice = Slice.empty();
  /** Whether the first event with content has passed. */
  hasContent: bool = false;
  /** Whether the model has called tools: Gemini's finish reason does not say so. */
  hasCalls: bool = false;
  /** Whether the answer broke off with an error. Content that follows one is none. */
  hasFailed: bool = false;
  /** Why, for the log. */
  failureReason: Slice = reasons.ERROR;
  /** Whether a provider's filter, or the model itself, held something back. */
  isFiltered: bool = false;
  /** Whether it was ended here, since it passed its limit: the provider's own end is not known. */
  isCutShort: bool = false;
  /** Whether the mark has come with which streams of OpenAI's end. */
  isDone: bool = false;
  /** The error with which it failed before its first content: the provider's own JSON, or in no dialect's words. */
  failure: Slice = Slice.empty();
  error: ChatError | null = null;

  /** Content has come. */
  noteContent(): void {
    if (!this.hasFailed) this.hasContent = true;
  }

  /** An error has come, which stands in `json`. */
  fail(json: Slice): void {
    if (!this.hasFailed && !this.hasContent) this.failure = json.copy();
    this.hasFailed = true;
  }

  /** As `fail`, for one that is decoded. */
  failWith(error: ChatError): void {
    if (!this.hasFailed && !this.hasContent) {
      this.error = ChatError.of(error.kind, error.message.copy());
    }
    this.hasFailed = true;
  }

  /** Keeps a copy of the first name, for the bytes it came in are let go. */
  setId(id: Slice): void {
    if (!this.id.length && id.length && id.length <= nameBytesMax) this.id = id.copy();
  }

  /** Likewise of the last one. */
  setModel(name: Slice): void {
    if (name.length && name.length <= nameBytesMax) this.model = name.copy();
  }

  /** As `setModel`. */
  setFinish(reason: Slice): void {
    if (!reason.length || reason.length > nameBytesMax) return;
    this.finish = reason.copy();
    if (reason.equals(CONTENT_FILTER)) this.isFiltered = true;
  }

  /** The finish reason in OpenAI's words. */
  setReason(reason: FinishReason): void {
    if (reason != FinishReason.Unknown) this.setFinish(encodeFinish(reason));
  }

  /** What a whole answer tells. */
  take(response: ChatResponse): void {
    this.setId(plainOf(response.id));
    this.setModel(plainOf(response.model));
    this.usage.merge(response.usage);
    for (let i = 0; i < response.choices.length; ++i) {
      this.setReason(response.choices[i].finish);
      if (response.choices[i].parts.length) this.noteContent();
    }
  }
}
