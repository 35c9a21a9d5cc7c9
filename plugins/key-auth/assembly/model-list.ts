// `GET …/models` for a caller who may not use every model. Envoy's route tells what it lists, each model with its form
// in the client's API and with the routes that serve it; here is left out what the caller may not use.
import { JsonTape, Slice, Writer } from "@weir/sdk/assembly";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { allowsAny, allowsModel, allowsName } from "@weir/dialects/surfaces/assembly/allow-list";
import { Caller } from "./caller";
import { Family } from "@weir/dialects/surfaces/assembly/surface";

const ID = Slice.of("id");
const ROUTES = Slice.of("routes");
const CALLERS = Slice.of("callers");
const ROUTE = Slice.of("route");
const CONSUMERS = Slice.of("consumers");
const ORGANIZATIONS = Slice.of("organizations");
const TEAMS = Slice.of("teams");
const ENTRY = Slice.of("entry");
const OBJECT = Slice.of("object");
const LIST = Slice.of("list");
const DATA = Slice.of("data");
const MODELS = Slice.of("models");
const HAS_MORE = Slice.of("has_more");
const FIRST_ID = Slice.of("first_id");
const LAST_ID = Slice.of("last_id");

/** The list, in the form of a client's API, of those models in `listed` that `caller` may use. */
export function filterModels(tape: JsonTape, listed: Slice, caller: Caller, family: Family): Slice {
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
    if (!isShown(tape, node, caller)) continue;
    json.raw(tape.raw(tape.find(node, ENTRY)));
    if (!first.length) first = id;
    last = id;
  }
  json.endArray();
  if (family == Family.Anthropic) writePaging(json, first, last);
  return json.endObject().output.take();
}

/** Whether `caller` may know of any of the models in `listed`. */
export function showsAny(tape: JsonTape, listed: Slice, caller: Caller): bool {
  const fault = tape.scan(listed);
  for (let node = fault ? -1 : tape.first(tape.root); node >= 0; node = tape.next(node)) {
    if (isShown(tape, node, caller)) return true;
  }
  return false;
}

/** Whether a model is the caller's, and one of the routes that serve it, of those for everybody or for such callers. */
function isShown(tape: JsonTape, node: i32, caller: Caller): bool {
  if (!allowsModel(caller.models, tape.text(tape.find(node, ID)))) return false;
  const open = tape.text(tape.find(node, ROUTES));
  const allowed = caller.routes;
  if (open.length && allowsAny(allowed, open)) return true;
  const callers = tape.find(node, CALLERS);
  for (let one = tape.first(callers); one >= 0; one = tape.next(one)) {
    if (allowsName(allowed, tape.text(tape.find(one, ROUTE))) && isFor(tape, one, caller)) return true;
  }
  return false;
}

function isFor(tape: JsonTape, node: i32, caller: Caller): bool {
  return (
    fits(tape.text(tape.find(node, CONSUMERS)), caller.name) &&
    fits(tape.text(tape.find(node, ORGANIZATIONS)), caller.organization) &&
    fits(tape.text(tape.find(node, TEAMS)), caller.team)
  );
}

/** No patterns ask for nothing. */
function fits(patterns: Slice, value: Slice): bool {
  return !patterns.length || (value.length > 0 && allowsModel(patterns, value));
}

/** https://platform.claude.com/docs/en/api/models/list */
function writePaging(json: JsonWriter, first: Slice, last: Slice): void {
  json.key(HAS_MORE).flag(false);
  if (first.length) json.key(FIRST_ID).text(first).key(LAST_ID).text(last);
  else json.key(FIRST_ID).nothing().key(LAST_ID).nothing();
}
