// Embeddings on Amazon Bedrock: InvokeModel with the body that a model's maker gave it, Amazon's Titan or Cohere's.
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { decodeEmbeddings, encodeMembers } from "../../cohere/assembly/embedding-provider";
import { writeContent } from "../../hub/assembly/content";
import {
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

const COHERE_EMBED = Slice.of("cohere.embed");
const TITAN_EMBED = Slice.of("titan-embed-text");
const TITAN_V1 = Slice.of("titan-embed-text-v1");
const UNKNOWN_MODEL = "On Amazon Bedrock only the embedding models of Titan Text and Cohere are known";
const INPUT_TEXT = Slice.of("inputText");
const DIMENSIONS = Slice.of("dimensions");
const EMBEDDING = Slice.of("embedding");
const INPUT_TOKENS = Slice.of("inputTextTokenCount");
const TASK = Slice.of("input_type");
const TITLE = Slice.of("title");

/** The dialect `bedrock`. Cohere's answers say nothing of tokens: the header X-Amzn-Bedrock-Input-Token-Count does. */
@final
export class BedrockEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("bedrock", new Endpoint("invoke", "/model/{model}/invoke"), 3);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const fault = refuseTokens(request);
    if (fault) return fault;
    if (request.model.find(TITAN_EMBED) >= 0) return encodeTitan(request, new JsonWriter(output));
    if (request.model.find(COHERE_EMBED) < 0) return new Fault(FaultCode.Unsupported, -1, UNKNOWN_MODEL);
    const json = new JsonWriter(output);
    json.beginObject();
    encodeMembers(json, request);
    json.endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const vector = tape.find(tape.root, EMBEDDING);
    if (tape.kind(vector) != JsonKind.Array) return decodeEmbeddings(tape, response);
    response.vectors.push(Vector.read(tape, vector, 0));
    const tokens = tape.find(tape.root, INPUT_TOKENS);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return null;
  }
}

/** One text; the first version has no other members. */
function encodeTitan(request: EmbeddingRequest, json: JsonWriter): Fault | null {
  const fault = refuseSeveral(request);
  if (fault) return fault;
  const dropped = request.dropped;
  json.beginObject();
  for (let i = 0; i < request.inputs.length; ++i) {
    writeContent(json.key(INPUT_TEXT), request.inputs[i].text);
    dropped.addIf(TITLE, request.inputs[i].title);
  }
  if (request.dimensions >= 0) {
    if (request.model.find(TITAN_V1) >= 0) dropped.add(DIMENSIONS);
    else json.key(DIMENSIONS).integer(request.dimensions);
  }
  json.endObject();
  if (request.task != EmbeddingTask.Unset || request.inputType.length) dropped.add(TASK);
  dropped.addIf(names.USER, request.user);
  request.dropExtras();
  return null;
}
