// Token counting of OpenAI's responses, of providers.
// https://platform.openai.com/docs/api-reference/responses/input-tokens
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { CountedRequest, TokenCountProvider } from "../../hub/assembly/token-count";

const INPUT_TOKENS = Slice.of("input_tokens");
// What it takes of a request for a response.
const KEPT: Slice[] = [
  names.MODEL,
  Slice.of("input"),
  Slice.of("instructions"),
  names.TOOLS,
  names.TOOL_CHOICE,
  names.TEXT,
  Slice.of("reasoning"),
  Slice.of("parallel_tool_calls"),
  Slice.of("truncation"),
  Slice.of("conversation"),
  Slice.of("previous_response_id"),
];

/** The dialect `openai-responses`. */
@final
export class ResponsesTokenCountProvider extends TokenCountProvider {
  constructor() {
    super("openai-responses", new Endpoint("responses/input_tokens", "/responses/input_tokens"), INPUT_TOKENS);
  }

  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject();
    counted.encodeMembers(json, KEPT);
    json.endObject();
  }
}
