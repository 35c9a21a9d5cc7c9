// Targets that speak OpenAI's chat in either form have its other surfaces too.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

const CHAT = Slice.of("openai-chat");
const RESPONSES = Slice.of("openai-responses");

/** Whether a target's dialect is one of OpenAI's. */
export function isOpenAi(dialect: Slice): bool {
  return dialect.equals(CHAT) || dialect.equals(RESPONSES);
}
