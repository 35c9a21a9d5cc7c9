// Anthropic's token counting, for clients and of providers.
// https://platform.claude.com/docs/en/api/messages/count_tokens
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { CountedRequest, TokenCount, TokenCountClient, TokenCountProvider } from "../../hub/assembly/token-count";
import { VERSION_MEMBER } from "./encode-request";
import * as own from "./names";

const INPUT_TOKENS = Slice.of("input_tokens");
// What it takes of a messages request. Anything else (max_tokens, stream, temperature and the like) is refused.
const KEPT: Slice[] = [
  names.MESSAGES,
  names.SYSTEM,
  names.TOOLS,
  names.TOOL_CHOICE,
  names.CACHE_CONTROL,
  own.THINKING,
  own.OUTPUT_CONFIG,
  own.OUTPUT_FORMAT,
  Slice.of("speed"),
  Slice.of("mcp_servers"),
  Slice.of("context_management"),
];

/** The surface `messages/count_tokens`. */
@final
export class AnthropicTokenCountClient extends TokenCountClient {
  constructor() {
    super("messages/count_tokens", "anthropic");
  }

  encodeResponse(count: TokenCount, output: Writer): void {
    new JsonWriter(output).beginObject().key(INPUT_TOKENS).integer(max(count.inputTokens, 0)).endObject();
  }
}

/** The dialect `anthropic`; `vertex-anthropic` counts elsewhere, and has the API's version in the body. */
@final
export class AnthropicTokenCountProvider extends TokenCountProvider {
  constructor(
    name: string,
    path: string,
    private readonly version: Slice,
  ) {
    super(name, new Endpoint("messages/count_tokens", path), INPUT_TOKENS);
  }

  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject();
    if (this.version.length) json.key(VERSION_MEMBER).text(this.version);
    // On Vertex AI a request for an answer has it in its path, and in the body there is none to keep.
    writeContent(json.key(names.MODEL), counted.model);
    counted.encodeMembers(json, KEPT);
    json.endObject();
  }
}
