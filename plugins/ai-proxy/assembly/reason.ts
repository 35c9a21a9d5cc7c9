// Why an attempt was given up, in the log's words.
import { Slice } from "@weir/sdk/assembly";

/** The provider's status. */
export const STATUS = Slice.of("status");
/** An error, or something that cannot be understood, inside an answer that began well. */
export const ERROR = Slice.of("error");
/** An answer without content. */
export const EMPTY = Slice.of("empty");
/** The provider's filter held the answer back. */
export const FILTERED = Slice.of("content_filter");
/** No answer came, or it broke off before its first token. */
export const NO_ANSWER = Slice.of("no_answer");
/** It broke off behind its first token. */
export const CUT = Slice.of("cut");
/** The prompt is longer than the model's context: the target was not asked. */
export const CONTEXT_LENGTH = Slice.of("context_length");
/** The client left before there was an answer. */
export const CLIENT_LEFT = Slice.of("client_left");
/** The time for all attempts was over. */
export const DEADLINE = Slice.of("deadline");
