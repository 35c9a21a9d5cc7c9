// DashScope's own reranking, as providers speak it.
// https://www.alibabacloud.com/help/en/model-studio/text-rerank-api
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
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

const INPUT = Slice.of("input");
const INSTRUCT = Slice.of("instruct");
const OUTPUT = Slice.of("output");
const PARAMETERS = Slice.of("parameters");
const REQUEST_ID = Slice.of("request_id");

/** The dialect `dashscope`. */
@final
export class DashScopeRerankProvider extends RerankProvider {
  constructor() {
    super("dashscope", new Endpoint("text-rerank", "/services/rerank/text-rerank/text-rerank"));
  }

  encodeRequest(request: RerankRequest, output: Writer): void {
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    json.key(INPUT).beginObject();
    writeContent(json.key(rerank.QUERY), request.query);
    json.key(rerank.DOCUMENTS).beginArray();
    for (let i = 0; i < request.documents.length; ++i) writeContent(json, request.documents[i].text);
    json.endArray().endObject().key(PARAMETERS).beginObject();
    if (request.topN >= 0) json.key(rerank.TOP_N).integer(request.topN);
    if (request.returnDocuments >= 0) json.key(rerank.RETURN_DOCUMENTS).flag(request.returnDocuments > 0);
    encodeExtras(json, request);
    json.endObject().endObject();
    if (request.maxTokensPerDocument >= 0) request.dropped.add(rerank.MAX_TOKENS_PER_DOC);
  }

  decodeResponse(tape: JsonTape, response: RerankResponse): Fault | null {
    response.id = contentAt(tape, tape.root, REQUEST_ID);
    const tokens = tape.find(tape.find(tape.root, names.USAGE), rerank.TOTAL_TOKENS);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return decodeResults(tape, tape.find(tape.find(tape.root, OUTPUT), rerank.RESULTS), response);
  }
}

/** `instruct` says what counts as relevant; compatible servers of the same models take it too. */
function encodeExtras(json: JsonWriter, request: RerankRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.key.equals(INSTRUCT)) json.key(INSTRUCT).raw(extra.raw);
    else request.dropped.add(extra.key);
  }
}
