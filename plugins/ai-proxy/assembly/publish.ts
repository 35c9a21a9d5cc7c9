// What other plugins and the access log learn of an exchange: filter state `weir.*`, read in Envoy's access log as
// `%FILTER_STATE(wasm.weir.model:PLAIN)%`. Only what is known is set; of cached and
// reasoning tokens only if there are any, for each costs a host call; nothing at all where nobody reads it.
import { setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";

const PROVIDER = Slice.of("weir.provider");
const SURFACE = Slice.of("weir.surface");
const MODEL = Slice.of("weir.model");
const PROVIDER_MODEL = Slice.of("weir.provider_model");
const STREAM = Slice.of("weir.stream");
const RESPONSE_MODEL = Slice.of("weir.response_model");
const FINISH = Slice.of("weir.finish");
const INPUT_TOKENS = Slice.of("weir.input_tokens");
const OUTPUT_TOKENS = Slice.of("weir.output_tokens");
const CACHED_TOKENS = Slice.of("weir.cached_tokens");
const CACHE_WRITE_TOKENS = Slice.of("weir.cache_write_tokens");
const CACHE_WRITE_HOUR_TOKENS = Slice.of("weir.cache_write_hour_tokens");
const AUDIO_INPUT_TOKENS = Slice.of("weir.audio_input_tokens");
const AUDIO_OUTPUT_TOKENS = Slice.of("weir.audio_output_tokens");
const REASONING_TOKENS = Slice.of("weir.reasoning_tokens");
const TIME_TO_FIRST_TOKEN = Slice.of("weir.time_to_first_token_ms");
const TRUE = Slice.of("true");
const FALSE = Slice.of("false");
const NANOS_PER_MS: u64 = 1_000_000;

const digits = new Writer();

/** What the request tells. */
export function publishRequest(exchange: Exchange): void {
  if (exchange.isSilent) return;
  const edit = exchange.edit;
  setProperty(PROVIDER, exchange.target.provider);
  setProperty(SURFACE, exchange.wanted.surface.name);
  setProperty(STREAM, edit.isStream ? TRUE : FALSE);
  if (edit.model.length) setProperty(MODEL, edit.model);
  // The same name again is only said where an earlier attempt may have said another one.
  const isOther = exchange.attempt != null || !edit.providerModel.equals(edit.model);
  if (isOther && edit.providerModel.length) setProperty(PROVIDER_MODEL, edit.providerModel);
}

/** What the answer has told. */
export function publishAnswer(exchange: Exchange): void {
  if (exchange.isSilent) return;
  const answer = exchange.answer;
  const usage = answer.usage;
  if (answer.model.length) setProperty(RESPONSE_MODEL, answer.model);
  if (answer.finish.length) setProperty(FINISH, answer.finish);
  publishCount(INPUT_TOKENS, usage.inputTokens);
  publishCount(OUTPUT_TOKENS, usage.outputTokens);
  if (usage.cachedTokens) publishCount(CACHED_TOKENS, usage.cachedTokens);
  if (usage.cacheWriteTokens) publishCount(CACHE_WRITE_TOKENS, usage.cacheWriteTokens);
  if (usage.cacheWriteHourTokens) publishCount(CACHE_WRITE_HOUR_TOKENS, usage.cacheWriteHourTokens);
  if (usage.audioInputTokens) publishCount(AUDIO_INPUT_TOKENS, usage.audioInputTokens);
  if (usage.audioOutputTokens) publishCount(AUDIO_OUTPUT_TOKENS, usage.audioOutputTokens);
  if (usage.reasoningTokens) publishCount(REASONING_TOKENS, usage.reasoningTokens);
}

/** That the first content came `afterNanos` after the request was sent on. */
export function publishFirstToken(afterNanos: u64): void {
  publishCount(TIME_TO_FIRST_TOKEN, <i64>(afterNanos / NANOS_PER_MS));
}

function publishCount(name: Slice, count: i64): void {
  if (count < 0) return;
  digits.clear();
  setProperty(name, digits.integer(count).toSlice());
}
