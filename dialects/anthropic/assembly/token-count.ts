// Anthropic's token counting, for clients and of providers.
// https://platform.claude.com/docs/en/api/messages/count_tokens
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { CountedRequest, TokenCount, TokenCountClient, TokenCountProvider } from "../../hub/assembly/token-count";
import * as own from "./names";

const INPUT_TOKENS = Slice.of("input_tokens");
// What it takes of a messages request. Anything else (max_tokens, stream, temperature and the like) is refused.
const KEPT: Slice[] = [
  names.MODEL,
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

/** The dialect `anthropic`; `vertex-anthropic` has the same bodies elsewhere. */
@final
export class AnthropicTokenCountProvider extends TokenCountProvider {
  constructor(name: string, path: string) {
    super(name, new Endpoint("messages/count_tokens", path), INPUT_TOKENS);
  }

  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject();
    counted.encodeMembers(json, KEPT);
    json.endObject();
  }
}
