// Member names and values of Amazon Bedrock's Converse API.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("bedrock");
/** The tool through which a model answers in JSON that has no other way to: see json-answer.ts. */
export const ANSWER_TOOL = Slice.of("weir_json_answer");
export const ADDITIONAL_RESPONSE_FIELDS = Slice.of("additionalModelResponseFields");
export const BYTES = Slice.of("bytes");
export const CACHE_POINT = Slice.of("cachePoint");
export const CITATIONS_CONTENT = Slice.of("citationsContent");
export const DELTA = Slice.of("delta");
export const DOCUMENT = Slice.of("document");
export const IMAGE = Slice.of("image");
export const INPUT = Slice.of("input");
export const REASONING_CONTENT = Slice.of("reasoningContent");
export const REASONING_EFFORT = Slice.of("reasoning_effort");
export const REASONING_TEXT = Slice.of("reasoningText");
export const REDACTED_CONTENT = Slice.of("redactedContent");
export const RESPONSE_FORMAT = Slice.of("response_format");
export const SERVER_TOOL_USE = Slice.of("server_tool_use");
export const SERVICE_TIER = Slice.of("serviceTier");
export const SOURCE = Slice.of("source");
export const STOP_REASON = Slice.of("stopReason");
export const STOP_SEQUENCE = Slice.of("stop_sequence");
export const THINKING = Slice.of("thinking");
export const TOOL = Slice.of("tool");
export const TOOL_USE = Slice.of("toolUse");
export const TOOL_USE_ID = Slice.of("toolUseId");
