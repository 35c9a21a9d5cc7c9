// What other plugins and the access log learn of an exchange: filter state `weir.*`, read in Envoy's access log as
// `%FILTER_STATE(wasm.weir.model:PLAIN)%`. Only what is known is set; of cached and
// reasoning tokens only if there are any, for each costs a host call; nothing at all where nobody reads it.
import { HeaderList, setProperty, Slice, Writer } from "@weir/sdk/assembly";
import { Exchange } from "./exchange";
import { ToldUsage } from "./told-usage";

const PROVIDER = Slice.of("weir.provider");
const SURFACE = Slice.of("weir.surface");
const MODEL = Slice.of("weir.model");
const PROVIDER_MODEL = Slice.of("weir.provider_model");
const STREAM = Slice.of("weir.stream");
const RESPONSE_MODEL = Slice.of("weir.response_model");
const RESPONSE_ID = Slice.of("weir.response_id");
const FINISH = Slice.of("weir.finish");
const INPUT_TOKENS = Slice.of("weir.input_tokens");
const OUTPUT_TOKENS = Slice.of("weir.output_tokens");
const CACHED_TOKENS = Slice.of("weir.cached_tokens");
const CACHE_WRITE_TOKENS = Slice.of("weir.cache_write_tokens");
const CACHE_WRITE_HOUR_TOKENS = Slice.of("weir.cache_write_hour_tokens");
const AUDIO_INPUT_TOKENS = Slice.of("weir.audio_input_tokens");
const AUDIO_OUTPUT_TOKENS = Slice.of("weir.audio_output_tokens");
const REASONING_TOKENS = Slice.of("weir.reasoning_tokens");
const USAGE_SOURCE = Slice.of("weir.usage_source");
const REPORTED = Slice.of("reported");
const ESTIMATED = Slice.of("estimated");
const TIME_TO_FIRST_TOKEN = Slice.of("weir.time_to_first_token_ms");
const TRUE = Slice.of("true");
const FALSE = Slice.of("false");
/** What Envoy makes of `x-weir-tags`, before it takes away all headers that only the gateway may set. */
const TAGS_HEADER = Slice.of("weir-tags");
const TAGS = Slice.of("weir.tags");
const TAGS_BYTES_MAX: i32 = 512;
const NANOS_PER_MS: u64 = 1_000_000;

const digits = new Writer();

/** What the client has tagged its request with, before the header goes. */
export function publishTags(exchange: Exchange, headers: HeaderList): void {
  if (exchange.isSilent) return;
  const tags = headers.get(TAGS_HEADER);
  if (tags && tags.length && tags.length <= TAGS_BYTES_MAX) setProperty(TAGS, tags);
}

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

/** What the answer has told; `isWhole`: nothing more can come. */
export function publishAnswer(exchange: Exchange, isWhole: bool = true): void {
  if (isWhole) tellWhole(exchange);
  if (exchange.isSilent) return;
  const answer = exchange.answer;
  const published = exchange.published;
  published.id = publishNews(RESPONSE_ID, answer.id, published.id);
  published.model = publishNews(RESPONSE_MODEL, answer.model, published.model);
  published.finish = publishNews(FINISH, answer.finish, published.finish);
  publishUsage(exchange, isWhole);
}

/** Its target's speed may be kept. */
function tellWhole(exchange: Exchange): void {
  const attempt = exchange.attempt;
  if (!attempt || exchange.answer.hasFailed) return;
  const meter = exchange.meter;
  const told = exchange.answer.usage.outputTokens;
  attempt.onWhole(told >= 0 || !meter ? told : meter.tokens);
}

/** What it has used, or is thought to have. */
export function publishUsage(exchange: Exchange, isWhole: bool): void {
  // What is asked for below a surface tells of an answer that was counted when it was made.
  if (exchange.isSilent || exchange.wanted.rest.length) return;
  const told = new ToldUsage(exchange, isWhole);
  if (!told.isKnown) return;
  const usage = exchange.answer.usage;
  const published = exchange.published;
  published.source = publishNews(USAGE_SOURCE, told.isEstimated ? ESTIMATED : REPORTED, published.source);
  if (told.inputTokens != published.inputTokens) publishCount(INPUT_TOKENS, told.inputTokens);
  published.inputTokens = told.inputTokens;
  if (told.outputTokens != published.outputTokens) publishCount(OUTPUT_TOKENS, told.outputTokens);
  published.outputTokens = told.outputTokens;
  if (usage.cachedTokens > 0) publishCount(CACHED_TOKENS, usage.cachedTokens);
  if (usage.cacheWriteTokens > 0) publishCount(CACHE_WRITE_TOKENS, usage.cacheWriteTokens);
  if (usage.cacheWriteHourTokens > 0) publishCount(CACHE_WRITE_HOUR_TOKENS, usage.cacheWriteHourTokens);
  if (usage.reasoningTokens > 0) publishCount(REASONING_TOKENS, usage.reasoningTokens);
  if (usage.audioInputTokens > 0) publishCount(AUDIO_INPUT_TOKENS, usage.audioInputTokens);
  if (usage.audioOutputTokens > 0) publishCount(AUDIO_OUTPUT_TOKENS, usage.audioOutputTokens);
}

/** As `publishUsage`, of an answer that grows: only how much it has grown to. */
export function publishGrowth(exchange: Exchange, outputTokens: i64): void {
  publishCount(OUTPUT_TOKENS, outputTokens);
  exchange.published.outputTokens = outputTokens;
}

/** That the first content came `afterNanos` after the request was sent on. */
export function publishFirstToken(afterNanos: u64): void {
  publishCount(TIME_TO_FIRST_TOKEN, <i64>(afterNanos / NANOS_PER_MS));
}

/** Sets what has come since; gives what stands there now. */
function publishNews(name: Slice, value: Slice, known: Slice): Slice {
  if (!value.length || value.equals(known)) return known;
  setProperty(name, value);
  return value;
}

function publishCount(name: Slice, count: i64): void {
  if (count < 0) return;
  digits.clear();
  setProperty(name, digits.integer(count).toSlice());
}
