// Gemini's embeddings, as clients speak them: one content, or a batch of requests with one each.
// https://ai.google.dev/api/embeddings
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentAt, contentOf } from "../../hub/assembly/content";
import { EmbeddingInput, EmbeddingRequest, EmbeddingResponse } from "../../hub/assembly/embedding";
import { EmbeddingClient } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { VectorFormat } from "../../hub/assembly/vector";
import * as own from "./embedding-names";

const NO_CONTENT = "The content field must have parts with text";
const TEXT_ONLY = "This model embeds text alone: every part must be a text";
const NO_REQUESTS = "The requests field must be a list with at least one request";
const MIXED =
  "This model embeds a batch in one way: taskType and outputDimensionality must be the same in all requests";
const LINE_BREAK = Slice.of("\\n");
const KNOWN: Slice[] = [names.MODEL, names.CONTENT, own.TASK_TYPE, own.TITLE, own.OUTPUT_DIMENSIONALITY, own.CONFIG];

/** The surfaces `embedContent` and `batchEmbedContents`. */
@final
export class GeminiEmbeddingClient extends EmbeddingClient {
  constructor(
    surface: string,
    private readonly isBatch: bool,
  ) {
    super(surface, "gemini");
  }

  decodeRequest(tape: JsonTape, request: EmbeddingRequest): Fault | null {
    const root = tape.root;
    if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
    if (!this.isBatch) return decodeOne(tape, root, request);
    const list = tape.find(root, own.REQUESTS);
    if (tape.kind(list) != JsonKind.Array || tape.first(list) < 0) {
      return new Fault(FaultCode.Missing, max(tape.start(list), 0), NO_REQUESTS);
    }
    for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
      const fault = decodeOne(tape, node, request);
      if (fault) return fault;
    }
    return null;
  }

  encodeResponse(request: EmbeddingRequest, response: EmbeddingResponse, output: Writer): Fault | null {
    const sortFault = response.sort(request);
    if (sortFault) return sortFault;
    const json = new JsonWriter(output);
    json.beginObject().key(this.isBatch ? own.EMBEDDINGS : own.EMBEDDING);
    if (this.isBatch) json.beginArray();
    for (let i = 0; i < response.vectors.length; ++i) {
      const fault = response.vectors[i].write(json.beginObject().key(own.VALUES), VectorFormat.Floats);
      if (fault) return fault;
      json.endObject();
    }
    if (this.isBatch) json.endArray();
    const tokens = response.usage.inputTokens;
    if (tokens >= 0) json.key(own.USAGE_METADATA).beginObject().key(own.PROMPT_TOKEN_COUNT).integer(tokens).endObject();
    json.endObject();
    return null;
  }
}

/** One request: `taskType` and the like stand beside the content or, in newer clients, in `embedContentConfig`. */
function decodeOne(tape: JsonTape, node: i32, request: EmbeddingRequest): Fault | null {
  const isFirst = !request.inputs.length;
  const input = decodeContent(tape, tape.find(node, names.CONTENT), request);
  if (!input) return new Fault(FaultCode.InvalidFormat, max(tape.start(node), 0), contentFault(tape, node));
  const config = tape.find(node, own.CONFIG);
  input.title = either(tape, node, config, own.TITLE);
  const task = own.decodeTask(either(tape, node, config, own.TASK_TYPE));
  const dimensions = dimensionsOf(tape, node, config);
  if (!isFirst && (task != request.task || dimensions != request.dimensions)) {
    return new Fault(FaultCode.Unsupported, tape.start(node), MIXED);
  }
  request.task = task;
  request.dimensions = dimensions;
  if (!request.model.length) request.model = modelOf(contentAt(tape, node, names.MODEL));
  dropOthers(tape, node, KNOWN, request);
  dropOthers(tape, config, KNOWN, request);
  return null;
}

/** All texts of a content are embedded as one. Null where it is something else than text. */
function decodeContent(tape: JsonTape, content: i32, request: EmbeddingRequest): EmbeddingInput | null {
  const parts = tape.find(content, own.PARTS);
  if (tape.kind(parts) != JsonKind.Array || tape.first(parts) < 0) return null;
  let text = Slice.empty();
  for (let part = tape.first(parts); part >= 0; part = tape.next(part)) {
    const node = tape.find(part, names.TEXT);
    if (tape.kind(node) != JsonKind.String) return null;
    const more = contentOf(tape, node);
    text = text.length ? new Writer().bytes(text).bytes(LINE_BREAK).bytes(more).take() : more;
  }
  const input = new EmbeddingInput(text);
  request.inputs.push(input);
  return input;
}

function contentFault(tape: JsonTape, node: i32): string {
  return tape.first(tape.find(tape.find(node, names.CONTENT), own.PARTS)) < 0 ? NO_CONTENT : TEXT_ONLY;
}

function either(tape: JsonTape, node: i32, config: i32, key: Slice): Slice {
  const value = contentAt(tape, node, key);
  return value.length ? value : contentAt(tape, config, key);
}

function dimensionsOf(tape: JsonTape, node: i32, config: i32): i64 {
  let value = tape.find(node, own.OUTPUT_DIMENSIONALITY);
  if (tape.kind(value) != JsonKind.Number) value = tape.find(config, own.OUTPUT_DIMENSIONALITY);
  return tape.kind(value) == JsonKind.Number ? tape.integer(value) : -1;
}

function modelOf(name: Slice): Slice {
  return name.startsWith(own.MODELS_PREFIX) ? name.slice(own.MODELS_PREFIX.length) : name;
}

function dropOthers(tape: JsonTape, object: i32, known: Slice[], request: EmbeddingRequest): void {
  if (tape.kind(object) != JsonKind.Object) return;
  for (let member = tape.first(object); member >= 0; member = tape.next(member)) {
    const key = tape.keyText(member);
    if (!names.isOneOf(key, known)) request.dropped.add(key);
  }
}
