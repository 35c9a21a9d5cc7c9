// Hub → a completion. https://platform.openai.com/docs/api-reference/completions/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatResponse, Choice } from "../../hub/assembly/chat-response";
import { writeContent } from "../../hub/assembly/content";
import { Dropped } from "../../hub/assembly/dropped";
import * as names from "../../hub/assembly/names";
import { PartKind } from "../../hub/assembly/part";
import { refusalOf, textOf } from "../../openai-chat/assembly/encode-answer";
import * as chat from "../../openai-chat/assembly/names";
import { encodeUsage } from "../../openai-chat/assembly/usage";
import { encodeFinish } from "./finish";
import { encodeLogprobs } from "./logprobs";
import * as own from "./names";

const MEDIA = Slice.of("media");

/** Writes the answer. */
export function encodeResponse(response: ChatResponse, json: JsonWriter): void {
  json.beginObject();
  writeContent(json.key(names.ID), response.id);
  json.key(own.OBJECT).text(own.TEXT_COMPLETION);
  json.key(chat.CREATED).integer(response.createdSeconds);
  writeContent(json.key(names.MODEL), response.model);
  json.key(names.CHOICES).beginArray();
  for (let i = 0; i < response.choices.length; ++i) encodeChoice(json, response.choices[i], i, response.dropped);
  json.endArray();
  if (response.usage.isKnown) encodeUsage(json.key(names.USAGE), response.usage);
  json.endObject();
}

/** A refusal is all that such a client gets to see: it has no other place than the text. */
function encodeChoice(json: JsonWriter, choice: Choice, index: i32, dropped: Dropped): void {
  const text = textOf(choice.parts);
  json.beginObject();
  writeContent(json.key(names.TEXT), text.length ? text : refusalOf(choice.parts));
  json.key(names.INDEX).integer(index);
  encodeLogprobs(json.key(names.LOGPROBS), choice.rawLogprobs, 0);
  json.key(chat.FINISH_REASON).text(encodeFinish(choice.finish)).endObject();
  for (let i = 0; i < choice.parts.length; ++i) {
    const part = choice.parts[i];
    dropped.addIf(names.CITATIONS, part.rawCitations);
    dropped.addIf(names.ANNOTATIONS, part.rawAnnotations);
    const lost = part.kind == PartKind.Opaque ? part.text : nameOf(part.kind);
    if (lost.length) dropped.add(lost);
  }
}

/** What a kind of part is called where it is dropped; empty for those that are text. */
function nameOf(kind: PartKind): Slice {
  switch (kind) {
    case PartKind.Text:
    case PartKind.Refusal:
      return Slice.empty();
    case PartKind.ToolCall:
      return chat.TOOL_CALLS;
    case PartKind.Thinking:
    case PartKind.RedactedThinking:
      return chat.REASONING;
    default:
      return MEDIA;
  }
}
