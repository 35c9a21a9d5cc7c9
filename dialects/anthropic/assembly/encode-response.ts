// Hub → a whole message. https://platform.claude.com/docs/en/api/messages
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { writeContent } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Part, PartKind } from "../../hub/assembly/part";
import { BlockEncoder } from "./encode-part";
import { encodeFinish } from "./finish";
import * as own from "./names";
import { encodeUsage } from "./usage";

/** Writes the answer: the first choice, for there is no place for others. */
export function encodeResponse(response: ChatResponse, json: JsonWriter): void {
  const choice = response.choices.length ? response.choices[0] : new Choice();
  if (response.choices.length > 1) response.dropped.add(names.CHOICES);
  response.dropped.addIf(names.LOGPROBS, choice.rawLogprobs);
  json.beginObject();
  writeContent(json.key(names.ID), response.id);
  json.key(names.TYPE).text(names.MESSAGE).key(names.ROLE).text(names.ASSISTANT);
  writeContent(json.key(names.MODEL), response.model);
  encodeContent(json.key(names.CONTENT), choice, response);
  json.key(own.STOP_REASON).text(encodeFinish(choice.finish));
  if (choice.stopSequence.length) writeContent(json.key(own.STOP_SEQUENCE), choice.stopSequence);
  else json.key(own.STOP_SEQUENCE).nothing();
  encodeUsage(json.key(names.USAGE), response.usage, response.serviceTier);
  json.endObject();
}

function encodeContent(json: JsonWriter, choice: Choice, response: ChatResponse): void {
  const blocks = new BlockEncoder(json, response.dropped);
  blocks.isForClient = true;
  json.beginArray();
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    if (part.kind == PartKind.ToolCall && part.signature.length) blocks.encode(signatureBlock(part));
    if (blocks.isCarried(part)) blocks.encode(part);
  }
  json.endArray();
}

/** A call's own signature has no place here: it goes before the call, as thinking that says nothing. */
function signatureBlock(call: Part): Part {
  const part = new Part(PartKind.Thinking);
  part.signature = call.signature;
  part.signatureFormat = call.signatureFormat;
  return part;
}
