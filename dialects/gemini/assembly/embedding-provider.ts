// Embeddings of Google's models, as providers speak them: the Gemini API in batches; Vertex AI by `predict` or, from
// gemini-embedding-2 on, one content a request. https://ai.google.dev/api/embeddings
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import {
  EmbeddingInput,
  EmbeddingRequest,
  EmbeddingResponse,
  EmbeddingTask,
  refuseSeveral,
  refuseTokens,
} from "../../hub/assembly/embedding";
import { EmbeddingProvider } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { Vector } from "../../hub/assembly/vector";
import * as own from "./embedding-names";

const INSTANCES = Slice.of("instances");
const PARAMETERS = Slice.of("parameters");
const PREDICTIONS = Slice.of("predictions");
const STATISTICS = Slice.of("statistics");
const TASK_TYPE = Slice.of("task_type");
const TOKEN_COUNT = Slice.of("token_count");
const GEMINI_EMBEDDING = Slice.of("gemini-embedding");
const NO_EMBEDDINGS = "The answer has no embeddings";

/** The dialect `gemini`. */
@final
export class GeminiEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("gemini", new Endpoint("batchEmbedContents", "/models/{model}:batchEmbedContents"), 3);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const fault = refuseTokens(request);
    if (fault) return fault;
    dropCommon(request);
    const json = new JsonWriter(output);
    json.beginObject().key(own.REQUESTS).beginArray();
    for (let i = 0; i < request.inputs.length; ++i) {
      json.beginObject();
      encodeModel(json.key(names.MODEL), request.model);
      encodeContent(json.key(names.CONTENT), request.inputs[i]);
      encodeConfig(json, request, request.inputs[i]);
      json.endObject();
    }
    json.endArray().endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const list = tape.find(tape.root, own.EMBEDDINGS);
    if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, NO_EMBEDDINGS);
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) addVector(tape, node, response);
    decodeUsage(tape, response);
    return null;
  }
}

/**
 * The dialect `vertex-embed-content`: Vertex AI's models from gemini-embedding-2 on, one content a request.
 * https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/embedContent
 */
@final
export class VertexEmbedContentProvider extends EmbeddingProvider {
  constructor() {
    super("vertex-embed-content", new Endpoint("embedContent", "/models/{model}:embedContent"), 2);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const tokens = refuseTokens(request);
    const fault = tokens ? tokens : refuseSeveral(request);
    if (fault) return fault;
    dropCommon(request);
    const json = new JsonWriter(output);
    json.beginObject();
    for (let i = 0; i < request.inputs.length; ++i) {
      encodeContent(json.key(names.CONTENT), request.inputs[i]);
      if (!hasConfig(request, request.inputs[i])) continue;
      json.key(own.CONFIG).beginObject();
      encodeConfig(json, request, request.inputs[i]);
      json.endObject();
    }
    json.endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const node = tape.find(tape.root, own.EMBEDDING);
    if (tape.kind(node) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, NO_EMBEDDINGS);
    addVector(tape, node, response);
    decodeUsage(tape, response);
    return null;
  }
}

/**
 * The dialect `vertex-predict`: Vertex AI's text embedding models.
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
@final
export class VertexPredictProvider extends EmbeddingProvider {
  constructor() {
    super("vertex-predict", new Endpoint("predict", "/models/{model}:predict"), 4);
  }

  /** gemini-embedding-001 takes one instance a request, text-embedding-005 and its like 250. */
  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const tokens = refuseTokens(request);
    const several = request.model.startsWith(GEMINI_EMBEDDING) ? refuseSeveral(request) : null;
    const fault = tokens ? tokens : several;
    if (fault) return fault;
    dropCommon(request);
    const json = new JsonWriter(output);
    json.beginObject().key(INSTANCES).beginArray();
    for (let i = 0; i < request.inputs.length; ++i) {
      json.beginObject();
      writeContent(json.key(names.CONTENT), request.inputs[i].text);
      if (request.task != EmbeddingTask.Unset) json.key(TASK_TYPE).text(own.encodeTask(request.task));
      writeContentAt(json, own.TITLE, request.inputs[i].title);
      json.endObject();
    }
    json.endArray();
    if (request.dimensions >= 0) {
      json.key(PARAMETERS).beginObject().key(own.OUTPUT_DIMENSIONALITY).integer(request.dimensions).endObject();
    }
    json.endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const list = tape.find(tape.root, PREDICTIONS);
    if (tape.kind(list) != JsonKind.Array)
      return new Fault(FaultCode.InvalidFormat, 0, "The answer has no predictions");
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      const embeddings = tape.find(node, own.EMBEDDINGS);
      addVector(tape, embeddings, response);
      const tokens = tape.find(tape.find(embeddings, STATISTICS), TOKEN_COUNT);
      if (tape.kind(tokens) != JsonKind.Number) continue;
      response.usage.inputTokens = max(response.usage.inputTokens, 0) + tape.integer(tokens);
    }
    return null;
  }
}

function dropCommon(request: EmbeddingRequest): void {
  request.dropExtras();
  request.dropped.addIf(names.USER, request.user);
  if (request.task == EmbeddingTask.Unset) request.dropped.addIf(own.TASK_TYPE, request.inputType);
}

function encodeModel(json: JsonWriter, model: Slice): void {
  if (model.startsWith(own.MODELS_PREFIX)) writeContent(json, model);
  else writeContent(json, new Writer().bytes(own.MODELS_PREFIX).bytes(model).take());
}

function encodeContent(json: JsonWriter, input: EmbeddingInput): void {
  json.beginObject().key(own.PARTS).beginArray().beginObject();
  writeContent(json.key(names.TEXT), input.text);
  json.endObject().endArray().endObject();
}

function hasConfig(request: EmbeddingRequest, input: EmbeddingInput): bool {
  return request.task != EmbeddingTask.Unset || input.title.length > 0 || request.dimensions >= 0;
}

/** Writes the members that say how to embed. */
function encodeConfig(json: JsonWriter, request: EmbeddingRequest, input: EmbeddingInput): void {
  if (request.task != EmbeddingTask.Unset) json.key(own.TASK_TYPE).text(own.encodeTask(request.task));
  writeContentAt(json, own.TITLE, input.title);
  if (request.dimensions >= 0) json.key(own.OUTPUT_DIMENSIONALITY).integer(request.dimensions);
}

function addVector(tape: JsonTape, embedding: i32, response: EmbeddingResponse): void {
  const values = tape.find(embedding, own.VALUES);
  response.vectors.push(Vector.read(tape, values, response.vectors.length));
}

function decodeUsage(tape: JsonTape, response: EmbeddingResponse): void {
  const tokens = tape.find(tape.find(tape.root, own.USAGE_METADATA), own.PROMPT_TOKEN_COUNT);
  if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
}
