// Gemini's token counting, for clients and of providers. https://ai.google.dev/api/tokens
import { Fault } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { ClientDialect } from "../../hub/assembly/client-dialect";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { CountedRequest, TokenCount, TokenCountClient, TokenCountProvider } from "../../hub/assembly/token-count";
import { MODELS_PREFIX } from "./embedding-names";

const GENERATE_CONTENT_REQUEST = Slice.of("generateContentRequest");
const TOTAL_TOKENS = Slice.of("totalTokens");
const CACHED_TOKENS = Slice.of("cachedContentTokenCount");
const CONTENTS = Slice.of("contents");
const SYSTEM_INSTRUCTION = Slice.of("systemInstruction");
const GENERATION_CONFIG = Slice.of("generationConfig");
const ENDPOINT = new Endpoint("countTokens", "/models/{model}:countTokens");
const REQUEST_MEMBERS: Slice[] = [
  CONTENTS,
  SYSTEM_INSTRUCTION,
  names.TOOLS,
  Slice.of("toolConfig"),
  Slice.of("safetySettings"),
  GENERATION_CONFIG,
  Slice.of("cachedContent"),
];
// https://cloud.google.com/vertex-ai/docs/reference/rest/v1/projects.locations.publishers.models/countTokens
const VERTEX_MEMBERS: Slice[] = [CONTENTS, SYSTEM_INSTRUCTION, names.TOOLS, GENERATION_CONFIG];

/** The surface `countTokens`. */
@final
export class GeminiTokenCountClient extends TokenCountClient {
  constructor() {
    super("countTokens", "gemini");
  }

  /** The contents alone, or a whole request in `generateContentRequest`. */
  decodeRequest(tape: JsonTape, chat: ClientDialect, request: ChatRequest): Fault | null {
    const inner = tape.find(tape.root, GENERATE_CONTENT_REQUEST);
    if (tape.kind(inner) != JsonKind.Object) return chat.decodeRequest(tape, request);
    const own = new JsonTape();
    const fault = own.scan(tape.raw(inner));
    return fault ? fault : chat.decodeRequest(own, request);
  }

  encodeResponse(count: TokenCount, output: Writer): void {
    const json = new JsonWriter(output);
    json.beginObject().key(TOTAL_TOKENS).integer(max(count.inputTokens, 0));
    if (count.cachedTokens >= 0) json.key(CACHED_TOKENS).integer(count.cachedTokens);
    json.endObject();
  }
}

/** The dialect `gemini`. */
@final
export class GeminiTokenCountProvider extends TokenCountProvider {
  constructor() {
    super("gemini", ENDPOINT, TOTAL_TOKENS);
  }

  decodeResponse(tape: JsonTape, count: TokenCount): Fault | null {
    const cached = tape.find(tape.root, CACHED_TOKENS);
    if (tape.kind(cached) == JsonKind.Number) count.cachedTokens = max(tape.integer(cached), 0);
    return super.decodeResponse(tape, count);
  }

  /** Only as a whole request does it count instructions and tools; then the model must stand in it too. */
  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject().key(GENERATE_CONTENT_REQUEST).beginObject().key(names.MODEL);
    if (counted.model.startsWith(MODELS_PREFIX)) writeContent(json, counted.model);
    else writeContent(json, new Writer().bytes(MODELS_PREFIX).bytes(counted.model).take());
    counted.encodeMembers(json, REQUEST_MEMBERS);
    json.endObject().endObject();
  }
}

/** The dialect `vertex`: Gemini on Vertex AI, where the members stand by themselves. */
@final
export class VertexTokenCountProvider extends TokenCountProvider {
  constructor() {
    super("vertex", ENDPOINT, TOTAL_TOKENS);
  }

  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject();
    counted.encodeMembers(json, VERTEX_MEMBERS);
    json.endObject();
  }
}
