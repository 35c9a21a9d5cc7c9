// Member names of reranking that more than one dialect uses.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const DOCUMENT = Slice.of("document");
export const DOCUMENTS = Slice.of("documents");
export const MAX_TOKENS_PER_DOC = Slice.of("max_tokens_per_doc");
export const META = Slice.of("meta");
export const BILLED_UNITS = Slice.of("billed_units");
export const SEARCH_UNITS = Slice.of("search_units");
export const TOKENS = Slice.of("tokens");
export const INPUT_TOKENS = Slice.of("input_tokens");
export const QUERY = Slice.of("query");
export const RELEVANCE_SCORE = Slice.of("relevance_score");
export const RESULTS = Slice.of("results");
export const RETURN_DOCUMENTS = Slice.of("return_documents");
export const TOP_N = Slice.of("top_n");
export const TOTAL_TOKENS = Slice.of("total_tokens");
