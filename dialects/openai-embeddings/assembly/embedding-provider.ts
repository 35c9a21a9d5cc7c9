// OpenAI's embeddings, as providers speak them. https://platform.openai.com/docs/api-reference/embeddings
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, writeContent, writeContentAt } from "../../hub/assembly/content";
import { EmbeddingInput, EmbeddingRequest, EmbeddingResponse, EmbeddingTask } from "../../hub/assembly/embedding";
import { EmbeddingProvider } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { Vector, VectorFormat } from "../../hub/assembly/vector";
import * as own from "./names";

const TITLE = Slice.of("title");

/** The dialect `openai-embeddings`, of targets that speak OpenAI's chat completions or responses. */
@final
export class OpenAiEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("openai-embeddings", new Endpoint("embeddings", "/embeddings"), 3);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    encodeInputs(json.key(own.INPUT), request);
    json.key(own.ENCODING_FORMAT).text(request.format == VectorFormat.Base64 ? own.BASE64 : own.FLOAT);
    if (request.dimensions >= 0) json.key(own.DIMENSIONS).integer(request.dimensions);
    writeContentAt(json, names.USER, request.user);
    // OpenAI refuses the parameter: it is passed on only where the client used it.
    writeContentAt(json, own.INPUT_TYPE, request.inputType);
    if (request.task != EmbeddingTask.Unset && !request.inputType.length) request.dropped.add(own.INPUT_TYPE);
    encodeExtras(json, request);
    json.endObject();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const list = tape.find(tape.root, names.DATA);
    if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no data");
    response.model = contentAt(tape, tape.root, names.MODEL);
    let place = 0;
    for (let node = tape.first(list); node >= 0; node = tape.next(node), ++place) {
      const index = tape.find(node, names.INDEX);
      const at = tape.kind(index) == JsonKind.Number ? <i32>tape.integer(index) : place;
      response.vectors.push(Vector.read(tape, tape.find(node, own.EMBEDDING), at));
    }
    const usage = tape.find(tape.root, names.USAGE);
    const prompt = tape.find(usage, own.PROMPT_TOKENS);
    const tokens = tape.kind(prompt) == JsonKind.Number ? prompt : tape.find(usage, own.TOTAL_TOKENS);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return null;
  }
}

/** A single text goes as a string, as most clients send it: some compatible servers take no lists. */
function encodeInputs(json: JsonWriter, request: EmbeddingRequest): void {
  const inputs = request.inputs;
  if (inputs.length == 1) {
    encodeInput(json, inputs[0], request);
    return;
  }
  json.beginArray();
  for (let i = 0; i < inputs.length; ++i) encodeInput(json, inputs[i], request);
  json.endArray();
}

function encodeInput(json: JsonWriter, input: EmbeddingInput, request: EmbeddingRequest): void {
  if (input.rawTokens.length) json.raw(input.rawTokens);
  else writeContent(json, input.text);
  request.dropped.addIf(TITLE, input.title);
}

function encodeExtras(json: JsonWriter, request: EmbeddingRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (extra.dialect.equals(own.NAME_OF_DIALECT)) json.key(extra.key).raw(extra.raw);
    else request.dropped.add(extra.key);
  }
}
