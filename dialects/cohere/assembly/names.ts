// Member names and values of Cohere's chat.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("cohere");
export const DELTA = Slice.of("delta");
export const FINISH_REASON = Slice.of("finish_reason");
export const THINKING = Slice.of("thinking");
export const TOOL_CALLS = Slice.of("tool_calls");
export const TOOL_PLAN = Slice.of("tool_plan");
