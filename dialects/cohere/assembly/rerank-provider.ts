// Cohere's reranking, as providers speak it. https://docs.cohere.com/v2/reference/rerank
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

/** The dialect `cohere`. It gives no documents back: those that are wanted are the client's own. */
@final
export class CohereRerankProvider extends RerankProvider {
  constructor() {
    super("cohere", new Endpoint("rerank", "/rerank"));
  }

  encodeRequest(request: RerankRequest, output: Writer): void {
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    writeContent(json.key(rerank.QUERY), request.query);
    json.key(rerank.DOCUMENTS).beginArray();
    for (let i = 0; i < request.documents.length; ++i) writeContent(json, request.documents[i].text);
    json.endArray();
    if (request.topN >= 0) json.key(rerank.TOP_N).integer(request.topN);
    if (request.maxTokensPerDocument >= 0) json.key(rerank.MAX_TOKENS_PER_DOC).integer(request.maxTokensPerDocument);
    json.endObject();
    request.dropExtras();
  }

  decodeResponse(tape: JsonTape, response: RerankResponse): Fault | null {
    const meta = tape.find(tape.root, rerank.META);
    const units = tape.find(tape.find(meta, rerank.BILLED_UNITS), rerank.SEARCH_UNITS);
    const tokens = tape.find(tape.find(meta, rerank.TOKENS), rerank.INPUT_TOKENS);
    response.id = contentAt(tape, tape.root, names.ID);
    if (tape.kind(units) == JsonKind.Number) response.searchUnits = tape.integer(units);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return decodeResults(tape, tape.find(tape.root, rerank.RESULTS), response);
  }
}
