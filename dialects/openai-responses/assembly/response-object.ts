// The response object around the output: whole answers are one, and streams tell theirs at both ends.
// https://platform.openai.com/docs/api-reference/responses/object
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatError } from "../../hub/assembly/chat-error";
import { writeContent, writeContentAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { Usage } from "../../hub/assembly/usage";
import { writeEcho } from "./echo";
import { encodeResponseError } from "./error";
import * as own from "./names";
import { encodeUsage } from "./usage";

const OBJECT = Slice.of("object");

/** What is known of a response beside its output. Texts are JSON content. */
@final
export class ResponseObject {
  id: Slice = Slice.empty();
  model: Slice = Slice.empty();
  createdSeconds: i64 = 0;
  status: Slice = own.IN_PROGRESS;
  /** Why it is incomplete, or empty. */
  incompleteReason: Slice = Slice.empty();
  error: ChatError | null = null;
  serviceTier: Slice = Slice.empty();
  rawEcho: Slice = Slice.empty();

  /** Sets `status` after the reason for which it is incomplete, if there is one. */
  end(incompleteReason: Slice): void {
    this.incompleteReason = incompleteReason;
    this.status = incompleteReason.length ? own.INCOMPLETE : own.COMPLETED;
  }

  /** Writes it around `items`, the output's items in JSON with commas between. */
  write(json: JsonWriter, items: Slice, usage: Usage): void {
    json.beginObject();
    writeContent(json.key(names.ID), this.id);
    json.key(OBJECT).text(own.RESPONSE).key(own.CREATED_AT).integer(this.createdSeconds);
    json.key(own.STATUS).text(this.status);
    this.writeProblem(json);
    writeContent(json.key(names.MODEL), this.model);
    json.key(own.OUTPUT).beginArray();
    if (items.length) json.raw(items);
    json.endArray();
    writeEcho(json, this.rawEcho);
    writeContentAt(json, names.SERVICE_TIER, this.serviceTier);
    json.key(names.USAGE);
    if (usage.isKnown) encodeUsage(json, usage);
    else json.nothing();
    json.endObject();
  }

  private writeProblem(json: JsonWriter): void {
    const error = this.error;
    json.key(names.ERROR);
    if (error) encodeResponseError(json, error);
    else json.nothing();
    json.key(own.INCOMPLETE_DETAILS);
    if (this.incompleteReason.length) {
      json.beginObject().key(own.REASON).text(this.incompleteReason).endObject();
    } else json.nothing();
  }
}
