// The surfaces that a gateway serves: the operations of OpenAI's, Anthropic's and Gemini's APIs.
// https://platform.openai.com/docs/api-reference · https://platform.claude.com/docs/en/api
// https://ai.google.dev/api
import { Slice, Writer } from "@weir/sdk/assembly";

/** Whose API a surface belongs to: decides the form of errors. */
export const enum Family {
  OpenAi = 0,
  Anthropic = 1,
  Gemini = 2,
}

/** What a surface is for. What is not `Other` can be translated for providers of another dialect. */
export const enum Purpose {
  Other = 0,
  Chat = 1,
  Embeddings = 2,
  Rerank = 3,
  TokenCount = 4,
}

/** How many surfaces there are: `Surface.index` is below it. */
export const SURFACE_COUNT: i32 = 18;

/** One operation. */
@final
export class Surface {
  /** The end of a path that names it: a slash and its name. */
  readonly suffix: Slice;
  /** Its name. */
  readonly name: Slice;

  constructor(
    /** Its place in `surfaces`. */
    readonly index: i32,
    name: string,
    readonly family: Family = Family.OpenAi,
    readonly purpose: Purpose = Purpose.Other,
    /** The name of the clients' dialect, of a surface for chat; else empty. */
    readonly dialect: Slice = Slice.empty(),
  ) {
    this.suffix = Slice.of("/" + name);
    this.name = Slice.of(name);
  }

  /** Its path below an API's root; `{model}` stands for the model's name. */
  get path(): Slice {
    return this.namesModel ? new Writer().text("/models/{model}:").bytes(this.name).take() : this.suffix;
  }

  /** Whether the body may be a multipart form. */
  get takesForm(): bool {
    return FORMS.includes(this.index);
  }

  /** Whether a streamed answer tells its usage only when `stream_options.include_usage` asks for it. */
  get hasStreamOptions(): bool {
    return this.index <= COMPLETIONS;
  }

  /** Whether a client's history holds signatures of the model's thoughts, in fields that are the family's own. */
  get hasSignatures(): bool {
    return this.purpose == Purpose.Chat && this.index >= RESPONSES;
  }

  /** Whether the path names the model and the operation: `/models/<model>:<name>`. */
  get namesModel(): bool {
    return this.family == Family.Gemini;
  }

  /** Whether an answer is a stream because the path says so. */
  get isStream(): bool {
    return this.index == STREAM_GENERATE;
  }
}

const COMPLETIONS: i32 = 1;
const RESPONSES: i32 = 10;
const FIRST_OF_GEMINI: i32 = 13;
const STREAM_GENERATE: i32 = 14;
const FORMS: StaticArray<i32> = [4, 5, 7, 8];

const GEMINI = Slice.of("gemini");

/** All surfaces. One whose name ends with another's stands before it; Gemini's, told by their form, stand last. */
export const surfaces: StaticArray<Surface> = [
  new Surface(0, "chat/completions", Family.OpenAi, Purpose.Chat, Slice.of("openai-chat")),
  new Surface(1, "completions", Family.OpenAi, Purpose.Chat, Slice.of("openai-completions")),
  new Surface(2, "embeddings", Family.OpenAi, Purpose.Embeddings),
  new Surface(3, "images/generations"),
  new Surface(4, "images/edits"),
  new Surface(5, "images/variations"),
  new Surface(6, "audio/speech"),
  new Surface(7, "audio/transcriptions"),
  new Surface(8, "audio/translations"),
  new Surface(9, "rerank", Family.OpenAi, Purpose.Rerank),
  new Surface(10, "responses", Family.OpenAi, Purpose.Chat, Slice.of("openai-responses")),
  new Surface(11, "messages/count_tokens", Family.Anthropic, Purpose.TokenCount, Slice.of("anthropic")),
  new Surface(12, "messages", Family.Anthropic, Purpose.Chat, Slice.of("anthropic")),
  new Surface(13, "generateContent", Family.Gemini, Purpose.Chat, GEMINI),
  new Surface(14, "streamGenerateContent", Family.Gemini, Purpose.Chat, GEMINI),
  new Surface(15, "countTokens", Family.Gemini, Purpose.TokenCount, GEMINI),
  new Surface(16, "embedContent", Family.Gemini, Purpose.Embeddings),
  new Surface(17, "batchEmbedContents", Family.Gemini, Purpose.Embeddings),
];

/** OpenAI's responses, below which more can be asked for. */
export const responsesSurface: Surface = surfaces[RESPONSES];

/** The surface whose path ends like `bare`, a path without query; null for none. Gemini's are not told so. */
export function surfaceBySuffix(bare: Slice): Surface | null {
  for (let i = 0; i < FIRST_OF_GEMINI; ++i) if (bare.endsWith(surfaces[i].suffix)) return surfaces[i];
  return null;
}

/** The surface of this name, or null. */
export function surfaceNamed(name: Slice): Surface | null {
  for (let i = 0; i < SURFACE_COUNT; ++i) if (surfaces[i].name.equals(name)) return surfaces[i];
  return null;
}
