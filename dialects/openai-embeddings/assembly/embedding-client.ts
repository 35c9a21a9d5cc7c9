// OpenAI's embeddings, as clients speak them. https://platform.openai.com/docs/api-reference/embeddings
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Extra } from "../../hub/assembly/chat-request";
import { contentAt, contentOf, plainOf, writeContent } from "../../hub/assembly/content";
import { EmbeddingInput, EmbeddingRequest, EmbeddingResponse } from "../../hub/assembly/embedding";
import { EmbeddingClient } from "../../hub/assembly/embedding-dialect";
import * as names from "../../hub/assembly/names";
import { VectorFormat } from "../../hub/assembly/vector";
import * as own from "./names";
import { decodeTask } from "./task";

const WRONG_INPUT =
  "The input parameter must be a string, a list of strings, a list of token ids or a list of such lists";
const NO_INPUT = "The input parameter must not be an empty list";
const WRONG_FORMAT = "The encoding_format parameter must be float or base64";
const KNOWN: Slice[] = [names.MODEL, own.INPUT, own.ENCODING_FORMAT, own.DIMENSIONS, own.INPUT_TYPE, names.USER];

/** The surface `embeddings`. */
@final
export class OpenAiEmbeddingClient extends EmbeddingClient {
  constructor() {
    super("embeddings", "openai-chat");
  }

  decodeRequest(tape: JsonTape, request: EmbeddingRequest): Fault | null {
    const root = tape.root;
    if (tape.kind(root) != JsonKind.Object) return new Fault(FaultCode.InvalidFormat, 0, "The body must be an object");
    request.model = contentAt(tape, root, names.MODEL);
    request.user = contentAt(tape, root, names.USER);
    request.inputType = contentAt(tape, root, own.INPUT_TYPE);
    request.task = decodeTask(plainOf(request.inputType));
    const dimensions = tape.find(root, own.DIMENSIONS);
    if (tape.kind(dimensions) == JsonKind.Number) request.dimensions = tape.integer(dimensions);
    decodeExtras(tape, request);
    const fault = decodeFormat(tape, tape.find(root, own.ENCODING_FORMAT), request);
    return fault ? fault : decodeInput(tape, tape.find(root, own.INPUT), request);
  }

  encodeResponse(request: EmbeddingRequest, response: EmbeddingResponse, output: Writer): Fault | null {
    const fault = response.sort(request);
    return fault ? fault : encodeResponse(request.format, response, new JsonWriter(output));
  }
}

function decodeFormat(tape: JsonTape, node: i32, request: EmbeddingRequest): Fault | null {
  if (tape.kind(node) == JsonKind.Missing || tape.kind(node) == JsonKind.Null) return null;
  if (tape.equals(node, own.BASE64)) request.format = VectorFormat.Base64;
  else if (!tape.equals(node, own.FLOAT)) return new Fault(FaultCode.InvalidFormat, tape.start(node), WRONG_FORMAT);
  return null;
}

/** A list of numbers is one input of token ids; any other list holds one input in each place. */
function decodeInput(tape: JsonTape, node: i32, request: EmbeddingRequest): Fault | null {
  const kind = tape.kind(node);
  const at = max(tape.start(node), 0);
  if (kind == JsonKind.String) request.inputs.push(new EmbeddingInput(contentOf(tape, node)));
  else if (kind != JsonKind.Array) return new Fault(FaultCode.Missing, at, WRONG_INPUT);
  else if (tape.first(node) < 0) return new Fault(FaultCode.Missing, at, NO_INPUT);
  else if (isTokens(tape, node)) request.inputs.push(new EmbeddingInput(Slice.empty(), tape.raw(node)));
  else return decodeList(tape, node, request);
  return null;
}

function decodeList(tape: JsonTape, list: i32, request: EmbeddingRequest): Fault | null {
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    if (tape.kind(node) == JsonKind.String) request.inputs.push(new EmbeddingInput(contentOf(tape, node)));
    else if (isTokens(tape, node)) request.inputs.push(new EmbeddingInput(Slice.empty(), tape.raw(node)));
    else return new Fault(FaultCode.InvalidFormat, tape.start(node), WRONG_INPUT);
  }
  return null;
}

function isTokens(tape: JsonTape, list: i32): bool {
  if (tape.kind(list) != JsonKind.Array || tape.first(list) < 0) return false;
  for (let node = tape.first(list); node >= 0; node = tape.next(node)) {
    if (tape.kind(node) != JsonKind.Number) return false;
  }
  return true;
}

function decodeExtras(tape: JsonTape, request: EmbeddingRequest): void {
  for (let member = tape.first(tape.root); member >= 0; member = tape.next(member)) {
    if (names.isKeyOneOf(tape, member, KNOWN) || tape.kind(member) == JsonKind.Null) continue;
    const key = tape.keyText(member);
    request.extras.push(new Extra(own.NAME_OF_DIALECT, key, tape.raw(member)));
  }
}

// https://platform.openai.com/docs/api-reference/embeddings/object
function encodeResponse(format: VectorFormat, response: EmbeddingResponse, json: JsonWriter): Fault | null {
  json.beginObject().key(own.OBJECT).text(own.LIST).key(names.DATA).beginArray();
  for (let i = 0; i < response.vectors.length; ++i) {
    json.beginObject().key(own.OBJECT).text(own.EMBEDDING);
    json.key(names.INDEX).integer(i).key(own.EMBEDDING);
    const fault = response.vectors[i].write(json, format);
    if (fault) return fault;
    json.endObject();
  }
  json.endArray();
  writeContent(json.key(names.MODEL), response.model);
  // Client libraries rely on the counts: what nobody knows is 0.
  const tokens = max(response.usage.inputTokens, 0);
  json.key(names.USAGE).beginObject().key(own.PROMPT_TOKENS).integer(tokens);
  json.key(own.TOTAL_TOKENS).integer(tokens).endObject().endObject();
  return null;
}
