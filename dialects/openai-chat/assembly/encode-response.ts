// Hub → a chat completion. https://platform.openai.com/docs/api-reference/chat/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import { isMedium } from "../../hub/assembly/flat-message";
import * as names from "../../hub/assembly/names";
import { PartKind } from "../../hub/assembly/part";
import { encodeAnnotations } from "./annotations";
import { encodeCalls, encodeThinking, refusalOf, textOf } from "./encode-answer";
import { encodeImages, isAnswerImage, isSameDialect } from "./encode-part";
import { encodeFinish } from "./finish";
import * as own from "./names";
import { encodeUsage } from "./usage";

const OBJECT = Slice.of("object");
const COMPLETION = Slice.of("chat.completion");
const STANDARD = Slice.of("standard");
const DEFAULT = Slice.of("default");
const MEDIA = Slice.of("media");

/** Writes the answer. */
export function encodeResponse(response: ChatResponse, json: JsonWriter): void {
  json.beginObject();
  writeContent(json.key(names.ID), response.id);
  json.key(OBJECT).text(COMPLETION);
  json.key(own.CREATED).integer(response.createdSeconds);
  writeContent(json.key(names.MODEL), response.model);
  json.key(names.CHOICES).beginArray();
  for (let i = 0; i < response.choices.length; ++i) encodeChoice(json, response.choices[i], i, response.dropped);
  json.endArray();
  if (response.usage.isKnown) encodeUsage(json.key(names.USAGE), response.usage);
  const tier = response.serviceTier;
  writeContentAt(json, names.SERVICE_TIER, tier.equals(STANDARD) ? DEFAULT : tier);
  json.endObject();
}

function encodeChoice(json: JsonWriter, choice: Choice, index: i32, dropped: Dropped): void {
  json.beginObject().key(names.INDEX).integer(index);
  encodeMessage(json.key(names.MESSAGE), choice, dropped);
  json.key(own.FINISH_REASON).text(encodeFinish(choice.finish));
  if (choice.rawLogprobs.length) writeRawAt(json, names.LOGPROBS, choice.rawLogprobs);
  else json.key(names.LOGPROBS).nothing();
  json.endObject();
}

function encodeMessage(json: JsonWriter, choice: Choice, dropped: Dropped): void {
  const parts = choice.parts;
  json.beginObject().key(names.ROLE).text(names.ASSISTANT);
  const text = textOf(parts);
  const refusal = refusalOf(parts);
  if (text.length) writeContent(json.key(names.CONTENT), text);
  else json.key(names.CONTENT).nothing();
  if (refusal.length) writeContent(json.key(names.REFUSAL), refusal);
  else json.key(names.REFUSAL).nothing();
  encodeImages(json, parts);
  encodeThinking(json, parts);
  encodeCalls(json, parts, true);
  let saysMore = false;
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i].kind != PartKind.Text) continue;
    // The places of annotations count from the beginning of their own text.
    if (saysMore) dropped.addIf(names.ANNOTATIONS, parts[i].rawAnnotations);
    else encodeAnnotations(json, parts[i].rawAnnotations, dropped);
    saysMore = true;
  }
  json.endObject();
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    dropped.addIf(names.CITATIONS, part.rawCitations);
    if (isMedium(part) && !isAnswerImage(part)) dropped.add(MEDIA);
    if (part.kind == PartKind.Opaque && !isSameDialect(part)) dropped.add(part.text);
  }
}
