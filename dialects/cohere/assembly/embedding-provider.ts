// Cohere's embeddings, as providers speak them. https://docs.cohere.com/v2/reference/embed
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

const TEXTS = Slice.of("texts");
const TITLE = Slice.of("title");
const INPUT_TYPE = Slice.of("input_type");
const EMBEDDING_TYPES = Slice.of("embedding_types");
const OUTPUT_DIMENSION = Slice.of("output_dimension");
const FLOAT = Slice.of("float");
const EMBEDDINGS = Slice.of("embeddings");
const META = Slice.of("meta");
const BILLED_UNITS = Slice.of("billed_units");
const INPUT_TOKENS = Slice.of("input_tokens");
const SEARCH_DOCUMENT = Slice.of("search_document");
const SEARCH_QUERY = Slice.of("search_query");
const CLASSIFICATION = Slice.of("classification");
const CLUSTERING = Slice.of("clustering");

/** The dialect `cohere`. */
@final
export class CohereEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("cohere", new Endpoint("embed", "/embed"), 3);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const fault = refuseTokens(request);
    if (fault) return fault;
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    encodeMembers(json, request);
    json.endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    return decodeEmbeddings(tape, response);
  }
}

/** Writes what stands beside the model. Amazon Bedrock has the same, and the model in its path. */
export function encodeMembers(json: JsonWriter, request: EmbeddingRequest): void {
  json.key(TEXTS).beginArray();
  for (let i = 0; i < request.inputs.length; ++i) {
    writeContent(json, request.inputs[i].text);
    request.dropped.addIf(TITLE, request.inputs[i].title);
  }
  json.endArray();
  json.key(INPUT_TYPE).text(inputType(request.task));
  json.key(EMBEDDING_TYPES).beginArray().text(FLOAT).endArray();
  if (request.dimensions >= 0) json.key(OUTPUT_DIMENSION).integer(request.dimensions);
  if (request.task == EmbeddingTask.Unset) request.dropped.addIf(INPUT_TYPE, request.inputType);
  request.dropped.addIf(names.USER, request.user);
  request.dropExtras();
}

/** It must be given: what is not said is taken for documents, most of what is embedded. */
function inputType(task: EmbeddingTask): Slice {
  if (isQuery(task)) return SEARCH_QUERY;
  if (task == EmbeddingTask.Classification) return CLASSIFICATION;
  return task == EmbeddingTask.Similarity || task == EmbeddingTask.Clustering ? CLUSTERING : SEARCH_DOCUMENT;
}

/** Reads `embeddings`: lists by type, or the vectors themselves as older models on Amazon Bedrock answer. */
export function decodeEmbeddings(tape: JsonTape, response: EmbeddingResponse): Fault | null {
  const embeddings = tape.find(tape.root, EMBEDDINGS);
  const list = tape.kind(embeddings) == JsonKind.Object ? tape.find(embeddings, FLOAT) : embeddings;
  if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no embeddings");
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    response.vectors.push(Vector.read(tape, node, response.vectors.length));
  }
  const tokens = tape.find(tape.find(tape.find(tape.root, META), BILLED_UNITS), INPUT_TOKENS);
  if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
  return null;
}
