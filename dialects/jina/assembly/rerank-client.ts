// Reranking as clients speak it: Jina's form, which Cohere's SDKs, vLLM and most servers share.
// https://api.jina.ai/redoc#tag/rerank · https://docs.cohere.com/v2/reference/rerank
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Extra } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { RerankDocument, RerankRequest, RerankResponse, RerankResult } from "../../hub/assembly/rerank";
import { RerankClient } from "../../hub/assembly/rerank-dialect";
import * as rerank from "../../hub/assembly/rerank-names";
import * as own from "./names";

const NO_QUERY = "The query parameter must be a string";
const NO_DOCUMENTS = "The documents parameter must be a list with at least one document";
const WRONG_DOCUMENT = "A document must be a string, or an object with a text";
const QUOTE: u8 = 0x22;
const KNOWN: Slice[] = [
  names.MODEL,
  rerank.QUERY,
  rerank.DOCUMENTS,
  rerank.TOP_N,
  rerank.RETURN_DOCUMENTS,
  rerank.MAX_TOKENS_PER_DOC,
];

/** The surface `rerank`. */
@final
export class JinaRerankClient extends RerankClient {
  constructor() {
    super("rerank", "openai-chat");
  }

  decodeRequest(tape: JsonTape, request: RerankRequest): Fault | null {
    const root = tape.root;
    if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
    request.model = contentAt(tape, root, names.MODEL);
    const query = tape.find(root, rerank.QUERY);
    if (tape.kind(query) != JsonKind.String) return new Fault(FaultCode.Missing, max(tape.start(query), 0), NO_QUERY);
    request.query = contentOf(tape, query);
    request.topN = countAt(tape, rerank.TOP_N);
    request.maxTokensPerDocument = countAt(tape, rerank.MAX_TOKENS_PER_DOC);
    const returns = tape.kind(tape.find(root, rerank.RETURN_DOCUMENTS));
    if (returns == JsonKind.True) request.returnDocuments = 1;
    else if (returns == JsonKind.False) request.returnDocuments = 0;
    decodeExtras(tape, request);
    return decodeDocuments(tape, tape.find(root, rerank.DOCUMENTS), request);
  }

  encodeResponse(request: RerankRequest, response: RerankResponse, output: Writer): Fault | null {
    const fault = response.check(request);
    if (fault) return fault;
    const json = new JsonWriter(output);
    json.beginObject();
    writeContentAt(json, names.ID, response.id);
    writeContent(json.key(names.MODEL), response.model);
    json.key(rerank.RESULTS).beginArray();
    for (let i = 0; i < response.results.length; ++i) encodeResult(json, response.results[i], request);
    json.endArray();
    encodeUsage(json, response);
    json.endObject();
    return null;
  }
}

function countAt(tape: JsonTape, key: Slice): i64 {
  const node = tape.find(tape.root, key);
  return tape.kind(node) == JsonKind.Number ? tape.integer(node) : -1;
}

function decodeDocuments(tape: JsonTape, list: i32, request: RerankRequest): Fault | null {
  if (tape.kind(list) != JsonKind.Array || tape.first(list) < 0) {
    return new Fault(FaultCode.Missing, max(tape.start(list), 0), NO_DOCUMENTS);
  }
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    const text = tape.kind(node) == JsonKind.Object ? tape.find(node, names.TEXT) : node;
    if (tape.kind(text) != JsonKind.String) {
      return new Fault(FaultCode.InvalidFormat, tape.start(node), WRONG_DOCUMENT);
    }
    request.documents.push(new RerankDocument(contentOf(tape, text), tape.raw(node)));
  }
  return null;
}

function decodeExtras(tape: JsonTape, request: RerankRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    request.extras.push(new Extra(own.NAME_OF_DIALECT, key, tape.raw(member)));
  }
}

function encodeResult(json: JsonWriter, result: RerankResult, request: RerankRequest): void {
  json.beginObject().key(names.INDEX).integer(result.index);
  json.key(rerank.RELEVANCE_SCORE).raw(result.rawScore);
  if (request.returnDocuments) encodeDocument(json, result, request);
  json.endObject();
}

/** The document as the provider gave it back; where it gave none and the client wants it, as the client sent it. */
function encodeDocument(json: JsonWriter, result: RerankResult, request: RerankRequest): void {
  const wanted = request.returnDocuments > 0 ? request.documents[<i32>result.index].raw : Slice.empty();
  const raw = result.rawDocument.length ? result.rawDocument : wanted;
  if (!raw.length) return;
  json.key(rerank.DOCUMENT);
  if (raw.at(0) == QUOTE) json.beginObject().key(names.TEXT).raw(raw).endObject();
  else json.raw(raw);
}

/** Counts stand in `usage` for Jina's clients, in `meta` for Cohere's. */
function encodeUsage(json: JsonWriter, response: RerankResponse): void {
  const tokens = response.usage.inputTokens;
  if (tokens >= 0) {
    json.key(names.USAGE).beginObject().key(own.PROMPT_TOKENS).integer(tokens);
    json.key(rerank.TOTAL_TOKENS).integer(tokens).endObject();
  }
  if (tokens < 0 && response.searchUnits < 0) return;
  json.key(rerank.META).beginObject();
  if (response.searchUnits >= 0) {
    json.key(rerank.BILLED_UNITS).beginObject().key(rerank.SEARCH_UNITS).integer(response.searchUnits).endObject();
  }
  if (tokens >= 0) json.key(rerank.TOKENS).beginObject().key(rerank.INPUT_TOKENS).integer(tokens).endObject();
  json.endObject();
}
