// Member names and values of OpenAI's older completions.
import { Slice } from "@weir/sdk/assembly/bytes/slice";

export const NAME_OF_DIALECT = Slice.of("openai-completions");
export const BEST_OF = Slice.of("best_of");
export const ECHO = Slice.of("echo");
export const OBJECT = Slice.of("object");
export const PROMPT = Slice.of("prompt");
export const SUFFIX = Slice.of("suffix");
export const TEXT_COMPLETION = Slice.of("text_completion");
