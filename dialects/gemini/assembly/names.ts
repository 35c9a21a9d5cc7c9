// Member names and values of Google's generateContent.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Member } from "./member";

export const NAME_OF_DIALECT = Slice.of("gemini");

export const CONTENTS = new Member("contents");
export const SYSTEM_INSTRUCTION = new Member("systemInstruction");
export const TOOLS = new Member("tools");
export const TOOL_CONFIG = new Member("toolConfig");
export const GENERATION_CONFIG = new Member("generationConfig");
export const SERVICE_TIER = new Member("serviceTier");

export const PARTS = new Member("parts");
export const THOUGHT_SIGNATURE = new Member("thoughtSignature");
export const INLINE_DATA = new Member("inlineData");
export const FILE_DATA = new Member("fileData");
export const FILE_URI = new Member("fileUri");
export const MIME_TYPE = new Member("mimeType");
export const FUNCTION_CALL = new Member("functionCall");
export const FUNCTION_RESPONSE = new Member("functionResponse");

export const FUNCTION_DECLARATIONS = new Member("functionDeclarations");
export const FUNCTION_CALLING_CONFIG = new Member("functionCallingConfig");
export const ALLOWED_FUNCTION_NAMES = new Member("allowedFunctionNames");
export const PARAMETERS_JSON_SCHEMA = new Member("parametersJsonSchema");

export const CANDIDATE_COUNT = new Member("candidateCount");
export const FREQUENCY_PENALTY = new Member("frequencyPenalty");
export const MAX_OUTPUT_TOKENS = new Member("maxOutputTokens");
export const PRESENCE_PENALTY = new Member("presencePenalty");
export const RESPONSE_JSON_SCHEMA = new Member("responseJsonSchema");
export const RESPONSE_LOGPROBS = new Member("responseLogprobs");
export const RESPONSE_MIME_TYPE = new Member("responseMimeType");
export const RESPONSE_SCHEMA = new Member("responseSchema");
export const STOP_SEQUENCES = new Member("stopSequences");
export const THINKING_CONFIG = new Member("thinkingConfig");
export const INCLUDE_THOUGHTS = new Member("includeThoughts");
export const THINKING_BUDGET = new Member("thinkingBudget");
export const THINKING_LEVEL = new Member("thinkingLevel");
export const TOP_K = new Member("topK");
export const TOP_P = new Member("topP");

export const CANDIDATES = new Member("candidates");
export const FINISH_REASON = new Member("finishReason");
export const FINISH_MESSAGE = new Member("finishMessage");
export const LOGPROBS_RESULT = new Member("logprobsResult");
export const MODEL_VERSION = new Member("modelVersion");
export const PROMPT_FEEDBACK = new Member("promptFeedback");
export const BLOCK_REASON = new Member("blockReason");
export const BLOCK_REASON_MESSAGE = new Member("blockReasonMessage");
export const RESPONSE_ID = new Member("responseId");
export const USAGE_METADATA = new Member("usageMetadata");

export const ARGS = Slice.of("args");
export const MODE = Slice.of("mode");
export const PARAMETERS = Slice.of("parameters");
export const RESPONSE = Slice.of("response");
export const SEED = Slice.of("seed");
export const THOUGHT = Slice.of("thought");

export const APPLICATION_JSON = Slice.of("application/json");
export const OMITTED = Slice.of("omitted");
export const SUMMARIZED = Slice.of("summarized");
/** What an extra of `generationConfig` is called. */
export const CONFIG_PREFIX = Slice.of("generationConfig.");

export const AUTO = Slice.of("AUTO");
export const ANY = Slice.of("ANY");
export const NONE = Slice.of("NONE");
export const VALIDATED = Slice.of("VALIDATED");
