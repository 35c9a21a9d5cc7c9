// Hub → a generateContent response. https://ai.google.dev/api/generate-content#generatecontentresponse
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { plainOf, writeContentAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { Part } from "../../hub/assembly/part";
import { isMetadata } from "./decode-response";
import { PartEncoder } from "./encode-part";
import { encodeFinish } from "./finish";
import { encodeLogprobs } from "./logprobs";
import * as own from "./names";
import { encodeUsage } from "./usage";

/** Writes the answer. */
export function encodeResponse(response: ChatResponse, json: JsonWriter): void {
  json.beginObject().key(own.CANDIDATES.json).beginArray();
  for (let i = 0; i < response.choices.length; ++i) encodeCandidate(json, response.choices[i], i, response.dropped);
  json.endArray();
  if (response.usage.isKnown) encodeUsage(json.key(own.USAGE_METADATA.json), response.usage);
  writeContentAt(json, own.MODEL_VERSION.json, response.model);
  writeContentAt(json, own.RESPONSE_ID.json, response.id);
  json.endObject();
}

function encodeCandidate(json: JsonWriter, choice: Choice, index: i32, dropped: Dropped): void {
  const encoder = new PartEncoder(json, dropped);
  encoder.isForClient = true;
  const said: Part[] = [];
  for (let i = 0; i < choice.parts.length; ++i) if (!isMetadata(choice.parts[i])) said.push(choice.parts[i]);
  json.beginObject().key(names.CONTENT).beginObject();
  if (encoder.take(said)) {
    json.key(own.PARTS.json);
    encoder.encode();
  }
  json.key(names.ROLE).text(names.MODEL).endObject();
  json.key(own.FINISH_REASON.json).text(encodeFinish(choice.finish)).key(names.INDEX).integer(index);
  encodeLogprobs(json, own.LOGPROBS_RESULT.json, choice.rawLogprobs);
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    if (isMetadata(part)) json.key(plainOf(part.text)).raw(part.raw);
  }
  json.endObject();
}
