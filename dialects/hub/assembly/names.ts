// Member names and values that more than one dialect uses.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonTape } from "@weir/sdk/assembly/json/tape";

export const ANNOTATIONS = Slice.of("annotations");
export const AUDIO = Slice.of("audio");
export const CACHE_CONTROL = Slice.of("cache_control");
export const CHOICES = Slice.of("choices");
export const CITATIONS = Slice.of("citations");
export const CONTENT = Slice.of("content");
export const CODE = Slice.of("code");
export const DATA = Slice.of("data");
export const DESCRIPTION = Slice.of("description");
export const ERROR = Slice.of("error");
export const FORMAT = Slice.of("format");
export const ID = Slice.of("id");
export const INDEX = Slice.of("index");
export const LOGPROBS = Slice.of("logprobs");
export const MAX_TOKENS = Slice.of("max_tokens");
export const MESSAGE = Slice.of("message");
export const MESSAGES = Slice.of("messages");
export const METADATA = Slice.of("metadata");
export const MODEL = Slice.of("model");
export const NAME = Slice.of("name");
export const REFUSAL = Slice.of("refusal");
export const ROLE = Slice.of("role");
export const SCHEMA = Slice.of("schema");
export const SERVICE_TIER = Slice.of("service_tier");
export const SIGNATURE = Slice.of("signature");
export const STREAM = Slice.of("stream");
export const STRICT = Slice.of("strict");
export const TEMPERATURE = Slice.of("temperature");
export const TEXT = Slice.of("text");
export const TOOLS = Slice.of("tools");
export const TOOL_CHOICE = Slice.of("tool_choice");
export const TOP_K = Slice.of("top_k");
export const TOP_P = Slice.of("top_p");
export const TYPE = Slice.of("type");
export const URL = Slice.of("url");
export const USAGE = Slice.of("usage");

export const ASSISTANT = Slice.of("assistant");
export const AUTO = Slice.of("auto");
export const FUNCTION = Slice.of("function");
export const JSON_SCHEMA = Slice.of("json_schema");
export const NONE = Slice.of("none");
export const SYSTEM = Slice.of("system");
export const USER = Slice.of("user");
export const EMPTY_OBJECT = Slice.of("{}");
export const TRUE = Slice.of("true");
export const FALSE = Slice.of("false");

/** Whether `name` is one of `names`. */
export function isOneOf(name: Slice, names: Slice[]): bool {
  for (let i = 0; i < names.length; ++i) if (names[i].equals(name)) return true;
  return false;
}

/** Whether a member's key is one of `names`. */
export function isKeyOneOf(tape: JsonTape, member: i32, names: Slice[]): bool {
  for (let i = 0; i < names.length; ++i) if (tape.keyEquals(member, names[i])) return true;
  return false;
}
