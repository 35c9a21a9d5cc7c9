// Embeddings in no dialect's words. Texts are JSON content; `raw…` fields are JSON values; empty is absent.
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Extra } from "./chat-request";
import { Dropped } from "./dropped";
import { Usage } from "./usage";
import { Vector, VectorFormat } from "./vector";

/** What the vectors are for: many models embed a question and what may answer it in different ways. */
export const enum EmbeddingTask {
  /** Not said. */
  Unset = 0,
  Query = 1,
  Document = 2,
  Similarity = 3,
  Classification = 4,
  Clustering = 5,
  QuestionAnswering = 6,
  FactVerification = 7,
  CodeQuery = 8,
}

/** Whether a task embeds what is looked for, not what is found. */
export function isQuery(task: EmbeddingTask): bool {
  switch (task) {
    case EmbeddingTask.Query:
    case EmbeddingTask.QuestionAnswering:
    case EmbeddingTask.FactVerification:
    case EmbeddingTask.CodeQuery:
      return true;
    default:
      return false;
  }
}

/** One thing to embed. */
@final
export class EmbeddingInput {
  /** Of a document. */
  title: Slice = Slice.empty();

  constructor(
    readonly text: Slice,
    /** A list of token ids in place of a text. */
    readonly rawTokens: Slice = Slice.empty(),
  ) {}
}

/** The request. */
@final
export class EmbeddingRequest {
  model: Slice = Slice.empty();
  readonly inputs: EmbeddingInput[] = [];
  /** How long the vectors are to be, −1 where not said. */
  dimensions: i64 = -1;
  /** How the client wants its vectors. */
  format: VectorFormat = VectorFormat.Floats;
  task: EmbeddingTask = EmbeddingTask.Unset;
  /** The task in the word that an OpenAI-compatible client used for it. */
  inputType: Slice = Slice.empty();
  /** Who asks, for the provider's abuse detection. */
  user: Slice = Slice.empty();
  readonly extras: Extra[] = [];
  /** What decoding and encoding could not carry. */
  readonly dropped: Dropped = new Dropped();

  /** Whether any input is a list of token ids. */
  get hasTokens(): bool {
    for (let i = 0; i < this.inputs.length; ++i) if (this.inputs[i].rawTokens.length) return true;
    return false;
  }

  /** Notes all extras as dropped. */
  dropExtras(): void {
    for (let i = 0; i < this.extras.length; ++i) this.dropped.add(this.extras[i].key);
  }
}

/** The response. */
@final
export class EmbeddingResponse {
  /** In the order of the inputs, once `sort` was called. */
  readonly vectors: Vector[] = [];
  /** Input tokens alone: set them before encoding where the provider tells them in a header (Bedrock). */
  readonly usage: Usage = new Usage();
  /** Empty where the provider does not say: set it before encoding. */
  model: Slice = Slice.empty();

  /** Brings the vectors into the order of the inputs. What is returned says that some are missing. */
  sort(request: EmbeddingRequest): Fault | null {
    if (this.vectors.length != request.inputs.length) return new Fault(FaultCode.InvalidFormat, -1, WRONG_COUNT);
    this.vectors.sort(byIndex);
    return null;
  }
}

const WRONG_COUNT = "The provider did not answer with one vector for each input";
const TEXT_ONLY = "This model embeds text, not token ids: send the input as text";
const ONE_ONLY = "This model embeds one input a request: send each input in a request of its own";

/** The answer to token ids where the provider takes text alone. */
export function refuseTokens(request: EmbeddingRequest): Fault | null {
  return request.hasTokens ? new Fault(FaultCode.Unsupported, -1, TEXT_ONLY) : null;
}

/** The answer to several inputs where the provider takes one. */
export function refuseSeveral(request: EmbeddingRequest): Fault | null {
  return request.inputs.length > 1 ? new Fault(FaultCode.Unsupported, -1, ONE_ONLY) : null;
}

function byIndex(a: Vector, b: Vector): i32 {
  return a.index - b.index;
}
