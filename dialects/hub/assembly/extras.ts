// A provider's own parameters: clients of OpenAI's form put them beside the others, as its SDK's `extra_body` does, and
// so they reach the provider whatever dialect it speaks.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "./chat-request";
import * as names from "./names";

/** Writes the extras with these keys. */
export function writeExtras(json: JsonWriter, request: ChatRequest, keys: Slice[]): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (names.isOneOf(extra.key, keys)) json.key(extra.key).raw(extra.raw);
  }
}

/** Names the extras with none of these keys as dropped. */
export function dropOtherExtras(request: ChatRequest, keys: Slice[]): void {
  for (let i = 0; i < request.extras.length; ++i) {
    if (!names.isOneOf(request.extras[i].key, keys)) request.dropped.add(request.extras[i].key);
  }
}

/** Whether there is an extra with this key. */
export function hasExtra(request: ChatRequest, key: Slice): bool {
  for (let i = 0; i < request.extras.length; ++i) if (request.extras[i].key.equals(key)) return true;
  return false;
}
