// Member names of Jina's reranking that no other has.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("jina");
export const PROMPT_TOKENS = Slice.of("prompt_tokens");
