// Reranking as OpenAI-compatible providers speak it: Jina's form, which vLLM and others share.
// https://api.jina.ai/redoc#tag/rerank · https://docs.vllm.ai/en/latest/models/pooling_models/scoring.html
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { RerankRequest, RerankResponse } from "../../hub/assembly/rerank";
import { RerankProvider } from "../../hub/assembly/rerank-dialect";
import * as rerank from "../../hub/assembly/rerank-names";
import { decodeResults } from "../../hub/assembly/rerank-results";
import * as own from "./names";

/** The dialect `jina`, of targets that speak OpenAI's chat completions or responses. */
@final
export class JinaRerankProvider extends RerankProvider {
  constructor() {
    super("jina", new Endpoint("rerank", "/rerank"));
  }

  encodeRequest(request: RerankRequest, output: Writer): void {
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    writeContent(json.key(rerank.QUERY), request.query);
    json.key(rerank.DOCUMENTS).beginArray();
    for (let i = 0; i < request.documents.length; ++i) json.raw(request.documents[i].raw);
    json.endArray();
    if (request.topN >= 0) json.key(rerank.TOP_N).integer(request.topN);
    if (request.returnDocuments >= 0) json.key(rerank.RETURN_DOCUMENTS).flag(request.returnDocuments > 0);
    if (request.maxTokensPerDocument >= 0) json.key(rerank.MAX_TOKENS_PER_DOC).integer(request.maxTokensPerDocument);
    for (let i = 0; i < request.extras.length; ++i) {
      const extra = request.extras[i];
      if (extra.dialect.equals(own.NAME_OF_DIALECT)) json.key(extra.key).raw(extra.raw);
      else request.dropped.add(extra.key);
    }
    json.endObject();
  }

  decodeResponse(tape: JsonTape, response: RerankResponse): Fault | null {
    const root = tape.root;
    response.id = contentAt(tape, root, names.ID);
    response.model = contentAt(tape, root, names.MODEL);
    const usage = tape.find(root, names.USAGE);
    const total = tape.find(usage, rerank.TOTAL_TOKENS);
    const tokens = tape.kind(total) == JsonKind.Number ? total : tape.find(usage, own.PROMPT_TOKENS);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return decodeResults(tape, tape.find(root, rerank.RESULTS), response);
  }
}
