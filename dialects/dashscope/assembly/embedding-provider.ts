// DashScope's own text embeddings, as providers speak them.
// https://www.alibabacloud.com/help/en/model-studio/text-embedding-synchronous-api
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import {
  EmbeddingRequest,
  EmbeddingResponse,
  EmbeddingTask,
  isQuery,
  refuseTokens,
} from "../../hub/assembly/embedding";
import { EmbeddingProvider } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { Vector } from "../../hub/assembly/vector";

const INPUT = Slice.of("input");
const TEXTS = Slice.of("texts");
const TITLE = Slice.of("title");
const TASK = Slice.of("input_type");
const PARAMETERS = Slice.of("parameters");
const DIMENSION = Slice.of("dimension");
const TEXT_TYPE = Slice.of("text_type");
const TEXT_INDEX = Slice.of("text_index");
const QUERY = Slice.of("query");
const DOCUMENT = Slice.of("document");
const OUTPUT = Slice.of("output");
const EMBEDDING = Slice.of("embedding");
const EMBEDDINGS = Slice.of("embeddings");
const TOTAL_TOKENS = Slice.of("total_tokens");

/** The dialect `dashscope`. */
@final
export class DashScopeEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("dashscope", new Endpoint("text-embedding", "/services/embeddings/text-embedding/text-embedding"), 4);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const fault = refuseTokens(request);
    if (fault) return fault;
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    json.key(INPUT).beginObject().key(TEXTS).beginArray();
    for (let i = 0; i < request.inputs.length; ++i) {
      writeContent(json, request.inputs[i].text);
      request.dropped.addIf(TITLE, request.inputs[i].title);
    }
    json.endArray().endObject();
    encodeParameters(json, request);
    json.endObject();
    request.dropped.addIf(names.USER, request.user);
    request.dropExtras();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const list = tape.find(tape.find(tape.root, OUTPUT), EMBEDDINGS);
    if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no embeddings");
    let place = 0;
    for (let node = tape.first(list); node >= 0; node = tape.next(node), ++place) {
      const index = tape.find(node, TEXT_INDEX);
      const at = tape.kind(index) == JsonKind.Number ? <i32>tape.integer(index) : place;
      response.vectors.push(Vector.read(tape, tape.find(node, EMBEDDING), at));
    }
    const tokens = tape.find(tape.find(tape.root, names.USAGE), TOTAL_TOKENS);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return null;
  }
}

/** Texts are of two types, query and document; the latter is taken where nothing is said. */
function encodeParameters(json: JsonWriter, request: EmbeddingRequest): void {
  const isDocument = request.task == EmbeddingTask.Document;
  const hasType = isDocument || isQuery(request.task);
  if (hasType || request.dimensions >= 0) {
    json.key(PARAMETERS).beginObject();
    if (request.dimensions >= 0) json.key(DIMENSION).integer(request.dimensions);
    if (hasType) json.key(TEXT_TYPE).text(isDocument ? DOCUMENT : QUERY);
    json.endObject();
  }
  const hasTask = request.task != EmbeddingTask.Unset || request.inputType.length;
  if (hasTask && !hasType) request.dropped.add(TASK);
}
