// What the plugin token-ratelimit has found out of the request: how long an answer may be, and how long the prompt is.
import { getProperty, HeaderList, parseInteger, Slice } from "@weir/sdk/assembly";

// It spares the questions for what is not there. Later attempts do not see it.
const LIMITED = Slice.of("x-weir-limited");
const OUTPUT_TOKENS_MAX = Slice.of("weir.output_tokens_max");
const OUTPUT_LIMIT = Slice.of("weir.output_limit");
const INPUT_ESTIMATE = Slice.of("weir.input_estimate");

/** Whether the plugin may have anything to tell of the request. */
export function isLimited(headers: HeaderList, isFirst: bool): bool {
  return !isFirst || headers.indexOf(LIMITED) >= 0;
}

/** The bound on each answer's tokens; −1 for none. */
export function outputBound(): i64 {
  return numberAt(OUTPUT_TOKENS_MAX);
}

/** How many tokens all of a request's answers may have together; −1 where nothing is set aside for them. */
export function outputLimit(): i64 {
  return numberAt(OUTPUT_LIMIT);
}

/** The estimate of the prompt's tokens; −1 where nobody has made one. */
export function inputEstimate(): i64 {
  return numberAt(INPUT_ESTIMATE);
}

function numberAt(name: Slice): i64 {
  const found = getProperty(name);
  return found ? parseInteger(found, -1) : -1;
}
