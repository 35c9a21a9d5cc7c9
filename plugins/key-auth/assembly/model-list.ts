// `GET …/models` for a caller who may not use every model. Envoy's route tells what it lists, each model with its form
// in the client's API and with the routes that serve it; here is left out what the caller may not use.
import { JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { allowsAny, allowsModel } from "@weir/dialects/surfaces/assembly/allow-list";
import { Family } from "@weir/dialects/surfaces/assembly/surface";

const ID = Slice.of("id");
const ROUTES = Slice.of("routes");
const ENTRY = Slice.of("entry");
const OBJECT = Slice.of("object");
const LIST = Slice.of("list");
const DATA = Slice.of("data");
const MODELS = Slice.of("models");
const HAS_MORE = Slice.of("has_more");
const FIRST_ID = Slice.of("first_id");
const LAST_ID = Slice.of("last_id");

/** The list, in the form of a client's API, of those models in `listed` that are allowed. */
export function filterModels(tape: JsonTape, listed: Slice, models: Slice, routes: Slice, family: Family): Slice {
  const writer = new Writer(listed.length + 64);
  const json = new JsonWriter(writer);
  json.beginObject();
  if (family == Family.OpenAi) json.key(OBJECT).text(LIST);
  json.key(family == Family.Gemini ? MODELS : DATA).beginArray();
  let first = Slice.empty();
  let last = Slice.empty();
  // What is no JSON lists nothing.
  const fault = tape.scan(listed);
  for (let node = fault ? -1 : tape.first(tape.root); node >= 0; node = tape.next(node)) {
    const id = tape.text(tape.find(node, ID));
    if (!allowsModel(models, id) || !allowsAny(routes, tape.text(tape.find(node, ROUTES)))) continue;
    json.raw(tape.raw(tape.find(node, ENTRY)));
    if (!first.length) first = id;
    last = id;
  }
  json.endArray();
  if (family == Family.Anthropic) writePaging(json, first, last);
  return json.endObject().output.take();
}

/** https://platform.claude.com/docs/en/api/models/list */
function writePaging(json: JsonWriter, first: Slice, last: Slice): void {
  json.key(HAS_MORE).flag(false);
  if (first.length) json.key(FIRST_ID).text(first).key(LAST_ID).text(last);
  else json.key(FIRST_ID).nothing().key(LAST_ID).nothing();
}
