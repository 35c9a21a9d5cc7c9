// Why an answer of Ollama's ended. https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { FinishReason } from "../../hub/assembly/finish-reason";

const LENGTH = Slice.of("length");

/** Reads a `done_reason`: stop or length; load and unload where there was nothing to answer. Calls end with `stop`. */
export function decodeFinish(reason: Slice, hasCalls: bool): FinishReason {
  if (reason.equals(LENGTH)) return FinishReason.Length;
  return hasCalls ? FinishReason.ToolCalls : FinishReason.Stop;
}
