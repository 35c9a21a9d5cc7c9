// Member names and values of DashScope's generation.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("dashscope");
export const FINISH_REASON = Slice.of("finish_reason");
export const OUTPUT = Slice.of("output");
export const REASONING_CONTENT = Slice.of("reasoning_content");
export const REQUEST_ID = Slice.of("request_id");
