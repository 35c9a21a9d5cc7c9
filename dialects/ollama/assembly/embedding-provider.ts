// Ollama's embeddings, as providers speak them. https://docs.ollama.com/api/embed
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, writeContent } from "../../hub/assembly/content";
import { EmbeddingRequest, EmbeddingResponse, EmbeddingTask, refuseTokens } from "../../hub/assembly/embedding";
import { EmbeddingProvider } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { Vector } from "../../hub/assembly/vector";

const INPUT = Slice.of("input");
const TITLE = Slice.of("title");
const TASK = Slice.of("input_type");
const DIMENSIONS = Slice.of("dimensions");
const EMBEDDINGS = Slice.of("embeddings");
const PROMPT_EVAL_COUNT = Slice.of("prompt_eval_count");

/** The dialect `ollama`. */
@final
export class OllamaEmbeddingProvider extends EmbeddingProvider {
  constructor() {
    super("ollama", new Endpoint("embed", "/api/embed"), 2);
  }

  encodeRequest(request: EmbeddingRequest, output: Writer): Fault | null {
    const fault = refuseTokens(request);
    if (fault) return fault;
    const json = new JsonWriter(output);
    json.beginObject();
    writeContent(json.key(names.MODEL), request.model);
    json.key(INPUT).beginArray();
    for (let i = 0; i < request.inputs.length; ++i) {
      writeContent(json, request.inputs[i].text);
      request.dropped.addIf(TITLE, request.inputs[i].title);
    }
    json.endArray();
    if (request.dimensions >= 0) json.key(DIMENSIONS).integer(request.dimensions);
    json.endObject();
    if (request.task != EmbeddingTask.Unset || request.inputType.length) request.dropped.add(TASK);
    request.dropped.addIf(names.USER, request.user);
    request.dropExtras();
    return null;
  }

  decodeResponse(tape: JsonTape, response: EmbeddingResponse): Fault | null {
    const list = tape.find(tape.root, EMBEDDINGS);
    if (tape.kind(list) != JsonKind.Array) return new Fault(FaultCode.InvalidFormat, 0, "The answer has no embeddings");
    response.model = contentAt(tape, tape.root, names.MODEL);
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      response.vectors.push(Vector.read(tape, node, response.vectors.length));
    }
    const tokens = tape.find(tape.root, PROMPT_EVAL_COUNT);
    if (tape.kind(tokens) == JsonKind.Number) response.usage.inputTokens = tape.integer(tokens);
    return null;
  }
}
