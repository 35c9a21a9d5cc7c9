// Token counting on Amazon Bedrock, of providers. Not every model can: those that cannot answer 400.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import * as names from "../../hub/assembly/names";
import { Endpoint } from "../../hub/assembly/provider-dialect";
import { CountedRequest, TokenCountProvider } from "../../hub/assembly/token-count";

const INPUT = Slice.of("input");
const CONVERSE = Slice.of("converse");
const INPUT_TOKENS = Slice.of("inputTokens");
// What it takes of a Converse request.
const KEPT: Slice[] = [names.MESSAGES, names.SYSTEM, Slice.of("toolConfig"), Slice.of("additionalModelRequestFields")];

/** The dialect `bedrock`. */
@final
export class BedrockTokenCountProvider extends TokenCountProvider {
  constructor() {
    super("bedrock", new Endpoint("count-tokens", "/model/{model}/count-tokens"), INPUT_TOKENS);
  }

  protected encodeCounted(counted: CountedRequest, json: JsonWriter): void {
    json.beginObject().key(INPUT).beginObject().key(CONVERSE).beginObject();
    counted.encodeMembers(json, KEPT);
    json.endObject().endObject().endObject();
  }
}
