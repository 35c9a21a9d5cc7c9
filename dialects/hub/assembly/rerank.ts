// Reranking in no dialect's words: documents put into the order in which they answer a query. Texts are JSON content;
// `raw…` fields are JSON values; empty is absent. Amazon Bedrock's and Vertex AI's ranking have APIs of their own kind
// (signed agent runtime, Discovery Engine) and are not among the providers.
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Extra } from "./chat-request";
import { Dropped } from "./dropped";
import { Usage } from "./usage";

/** A document as the client sent it: `raw` is a string or an object with the text in it. */
@final
export class RerankDocument {
  constructor(
    readonly text: Slice,
    readonly raw: Slice,
  ) {}
}

/** The request. */
@final
export class RerankRequest {
  model: Slice = Slice.empty();
  query: Slice = Slice.empty();
  readonly documents: RerankDocument[] = [];
  /** How many results are wanted, −1 for all. */
  topN: i64 = -1;
  /** Whether results hold their documents: 1 yes, 0 no, −1 as the provider likes. */
  returnDocuments: i32 = -1;
  /** Longer documents are cut; −1 where not said. */
  maxTokensPerDocument: i64 = -1;
  readonly extras: Extra[] = [];
  /** What decoding and encoding could not carry. */
  readonly dropped: Dropped = new Dropped();

  /** Notes all extras as dropped. */
  dropExtras(): void {
    for (let i = 0; i < this.extras.length; ++i) this.dropped.add(this.extras[i].key);
  }
}

/** One document's place. */
@final
export class RerankResult {
  constructor(
    /** Which document. */
    readonly index: i64,
    /** How well it answers. */
    readonly rawScore: Slice,
    /** The document, where the provider gave it back. */
    readonly rawDocument: Slice,
  ) {}
}

/** The response. */
@final
export class RerankResponse {
  id: Slice = Slice.empty();
  /** Empty where the provider does not say: set it before encoding. */
  model: Slice = Slice.empty();
  /** Best first. */
  readonly results: RerankResult[] = [];
  /** Input tokens alone. */
  readonly usage: Usage = new Usage();
  /** What Cohere bills, −1 where not said. */
  searchUnits: i64 = -1;

  /** Whether every result is of one of the request's documents. What is returned says that one is not. */
  check(request: RerankRequest): Fault | null {
    const count = request.documents.length;
    for (let i = 0; i < this.results.length; ++i) {
      const result = this.results[i];
      if (<u64>result.index >= <u64>count || !result.rawScore.length) {
        return new Fault(FaultCode.InvalidFormat, -1, "The provider answered with a result that is of no document");
      }
    }
    return null;
  }
}
