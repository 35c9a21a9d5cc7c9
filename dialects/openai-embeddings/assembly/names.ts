// Member names and values of OpenAI's embeddings.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("openai-embeddings");
export const BASE64 = Slice.of("base64");
export const DIMENSIONS = Slice.of("dimensions");
export const EMBEDDING = Slice.of("embedding");
export const ENCODING_FORMAT = Slice.of("encoding_format");
export const FLOAT = Slice.of("float");
export const INPUT = Slice.of("input");
export const INPUT_TYPE = Slice.of("input_type");
export const LIST = Slice.of("list");
export const OBJECT = Slice.of("object");
export const PROMPT_TOKENS = Slice.of("prompt_tokens");
export const TOTAL_TOKENS = Slice.of("total_tokens");
