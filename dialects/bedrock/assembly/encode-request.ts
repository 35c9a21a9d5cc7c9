// Hub → a Converse request. The model's name and whether the answer is streamed stand in the path.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { EncodeOptions } from "../../hub/assembly/options";
import { encodeMessages, encodeSystem } from "./encode-message";
import { encodeSettings } from "./encode-settings";
import { encodeTools } from "./encode-tools";
import { answerByTool } from "./json-answer";
import { familyOf } from "./model";

/** Writes the request. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const family = familyOf(request.model);
  const json = new JsonWriter(output);
  answerByTool(request, family);
  json.beginObject();
  encodeSystem(json, request, family);
  encodeMessages(json, request, family);
  encodeTools(json, request, family);
  encodeSettings(json, request, options, family);
  for (let i = 0; i < request.extras.length; ++i) request.dropped.add(request.extras[i].key);
  json.endObject();
}
