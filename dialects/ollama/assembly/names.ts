// Member names and values of Ollama's chat.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("ollama");
export const ARGUMENTS = Slice.of("arguments");
export const CREATED_AT = Slice.of("created_at");
export const DONE = Slice.of("done");
export const DONE_REASON = Slice.of("done_reason");
export const THINKING = Slice.of("thinking");
export const TOOL_CALLS = Slice.of("tool_calls");
