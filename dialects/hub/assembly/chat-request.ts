// A chat request in no dialect's words. Texts are JSON content; `raw…` fields are JSON values; empty is absent.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Dropped } from "./dropped";
import { Message } from "./message";
import { Tool, ToolChoice } from "./tool";

/** How the answer's text is bound. */
export const enum OutputKind {
  Text = 0,
  /** Any JSON object. */
  JsonObject = 1,
  /** JSON after `rawSchema`. */
  JsonSchema = 2,
}

/** Structured output. */
@final
export class OutputFormat {
  kind: OutputKind = OutputKind.Text;
  name: Slice = Slice.empty();
  description: Slice = Slice.empty();
  rawSchema: Slice = Slice.empty();
  rawStrict: Slice = Slice.empty();
}

/** Whether the model thinks before it answers. */
export const enum ReasoningMode {
  /** Not said. */
  Unset = 0,
  Off = 1,
  /** As `effort` or `budgetTokens` says. */
  On = 2,
  /** The model decides. */
  Adaptive = 3,
}

/** How much the model thinks. */
@final
export class Reasoning {
  mode: ReasoningMode = ReasoningMode.Unset;
  /** none, minimal, low, medium, high, xhigh, max; empty where not said. */
  effort: Slice = Slice.empty();
  /** −1 where not said. */
  budgetTokens: i64 = -1;
  /** Anthropic's `thinking.display`, OpenAI's `reasoning.summary`. */
  display: Slice = Slice.empty();
}

/** Numbers and flags that steer sampling, as JSON. */
@final
export class Sampling {
  rawTemperature: Slice = Slice.empty();
  rawTopP: Slice = Slice.empty();
  rawTopK: Slice = Slice.empty();
  rawSeed: Slice = Slice.empty();
  rawFrequencyPenalty: Slice = Slice.empty();
  rawPresencePenalty: Slice = Slice.empty();
  rawLogitBias: Slice = Slice.empty();
  rawLogprobs: Slice = Slice.empty();
  rawTopLogprobs: Slice = Slice.empty();
}

/** A member of the request that the hub has no place for. The same dialect writes it again, others drop and name it. */
@final
export class Extra {
  constructor(
    readonly dialect: Slice,
    /** Unescaped. */
    readonly key: Slice,
    readonly raw: Slice,
  ) {}
}

/** The request. */
@final
export class ChatRequest {
  model: Slice = Slice.empty();
  readonly messages: Message[] = [];
  readonly tools: Tool[] = [];
  readonly toolChoice: ToolChoice = new ToolChoice();
  readonly output: OutputFormat = new OutputFormat();
  readonly reasoning: Reasoning = new Reasoning();
  readonly sampling: Sampling = new Sampling();
  /** The limit of output tokens, −1 for none. */
  maxTokens: i64 = -1;
  /** How many answers are wanted. */
  choices: i64 = 1;
  stop: Slice[] = [];
  serviceTier: Slice = Slice.empty();
  /** Who asks, for the provider's abuse detection. */
  user: Slice = Slice.empty();
  /** An object of texts. */
  rawMetadata: Slice = Slice.empty();
  isStream: bool = false;
  /** Whether a stream tells its usage; always where the dialect has no choice. */
  includeUsage: bool = false;
  /** What the client's dialect repeats of the request in its answers; empty in most dialects. */
  rawEcho: Slice = Slice.empty();
  readonly extras: Extra[] = [];
  /** What decoding and encoding could not carry. */
  readonly dropped: Dropped = new Dropped();
}
