// What is told of a record besides its texts: `{"promptTruncated":true,"redacted":["emails"]}`.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Found } from "./found";
import { Redactor } from "./redactor";

const PROMPT_TRUNCATED = Slice.of("promptTruncated");
const ANSWER_TRUNCATED = Slice.of("answerTruncated");
const REDACTED = Slice.of("redacted");

/** As JSON; empty where there is nothing to tell. */
export function record(found: Found, redactor: Redactor): Slice {
  if (!found.isPromptCut && !found.isAnswerCut && !found.hasAny) return Slice.empty();
  const json = new JsonWriter(new Writer()).beginObject();
  if (found.isPromptCut) json.key(PROMPT_TRUNCATED).flag(true);
  if (found.isAnswerCut) json.key(ANSWER_TRUNCATED).flag(true);
  if (found.hasAny) {
    json.key(REDACTED).beginArray();
    for (let kind = 0; kind < redactor.kinds; ++kind) if (found.has(kind)) json.text(redactor.nameOf(kind));
    json.endArray();
  }
  return json.endObject().output.take();
}
