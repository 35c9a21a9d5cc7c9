// Why a completion ended: stop, length or content_filter.
// https://platform.openai.com/docs/api-reference/completions/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";
import { encodeFinish as encodeChatFinish } from "../../openai-chat/assembly/finish";

/** The `finish_reason` for a reason. */
export function encodeFinish(reason: FinishReason): Slice {
  return encodeChatFinish(reason == FinishReason.ToolCalls ? FinishReason.Stop : reason);
}
