// What a request's body becomes for a target: the model mapped, usage asked for. Everything else stays, byte for byte.
import { JsonEdit, JsonKind, jsonString, JsonTape, Multipart, Slice, Writer } from "@weir/sdk/assembly";
import { OpenAiError } from "@weir/dialects/openai/assembly/error";
import { checkModel, MODEL, scanForm, scanRequest } from "@weir/dialects/openai/assembly/request-model";
import { Exchange } from "./exchange";
import { ModelMapping } from "./model-mapping";

const STREAM = Slice.of("stream");
const STREAM_OPTIONS = Slice.of("stream_options");
const INCLUDE_USAGE = Slice.of("include_usage");
const ASK_FOR_USAGE = Slice.of('{"include_usage":true}');
const TRUE = Slice.of("true");

/** What was found in a request, and what it is to become. */
@final
export class RequestEdit {
  /** The client's model, a view of the body; empty where a request below a surface names none. */
  model: Slice = Slice.empty();
  /** Whether the answer is to be a stream. */
  isStream: bool = false;
  /** Whether the provider was asked for usage that the client did not ask for: its event is to be hidden. */
  hidesUsage: bool = false;
  /** The body for the provider; null where the client's is right as it is. */
  body: Slice | null = null;

  /** Lets go of the bodies when the request is sent. */
  release(): void {
    this.model = Slice.empty();
    this.body = null;
  }
}

/** Reads a JSON request and edits it for the exchange's target. What is wrong with it is returned. */
export function editJson(exchange: Exchange, body: Slice): OpenAiError | null {
  const tape = exchange.scratch.request;
  const error = scanRequest(tape, body);
  if (error) return error;
  const modelError = checkModel(tape, exchange.wanted);
  if (modelError) return modelError;
  const edit = exchange.edit;
  const changes = exchange.scratch.changes;
  mapModel(tape, exchange.target.mapping, edit, changes);
  edit.isStream = tape.isTrue(tape.find(tape.root, STREAM));
  const canAsk = exchange.wanted.surface.hasStreamOptions && exchange.target.takesStreamOptions;
  if (edit.isStream && canAsk) askForUsage(exchange);
  if (!changes.isEmpty) edit.body = changes.apply();
  return null;
}

function mapModel(tape: JsonTape, mapping: ModelMapping, edit: RequestEdit, changes: JsonEdit): void {
  const node = tape.find(tape.root, MODEL);
  if (node < 0) return;
  const model = tape.text(node);
  edit.model = model;
  const mapped = mapping.map(model);
  if (!mapped.equals(model)) changes.replace(node, quote(mapped));
}

/** Options of a wrong type are left for the provider to refuse. */
function askForUsage(exchange: Exchange): void {
  const tape = exchange.scratch.request;
  const options = tape.find(tape.root, STREAM_OPTIONS);
  const kind = tape.kind(options);
  const isOpen = kind == JsonKind.Missing || kind == JsonKind.Null;
  if (!isOpen && kind != JsonKind.Object) return;
  const asking = isOpen ? ASK_FOR_USAGE : includeUsage(exchange.scratch.tape, tape.raw(options));
  if (!asking) return;
  exchange.scratch.changes.set(tape.root, STREAM_OPTIONS, asking);
  exchange.edit.hidesUsage = true;
}

/** The options with usage asked for; null where it is asked for already. */
function includeUsage(tape: JsonTape, options: Slice): Slice | null {
  if (tape.scan(options)) return null;
  const included = tape.kind(tape.find(tape.root, INCLUDE_USAGE));
  if (included != JsonKind.False && included != JsonKind.Null && included != JsonKind.Missing) return null;
  const changes = new JsonEdit(tape);
  changes.set(tape.root, INCLUDE_USAGE, TRUE);
  return changes.apply();
}

function quote(text: Slice): Slice {
  const writer = new Writer(text.length + 2);
  jsonString(writer, text);
  return writer.take();
}

/** As `editJson`, for a multipart form; `contentType` names its boundary. A form asks for no usage. */
export function editForm(exchange: Exchange, body: Slice, contentType: Slice): OpenAiError | null {
  const form = new Multipart();
  const error = scanForm(form, body, contentType);
  if (error) return error;
  const part = form.field(MODEL);
  if (!part) return null;
  const edit = exchange.edit;
  edit.model = part.value;
  const stream = form.field(STREAM);
  edit.isStream = stream ? stream.value.equals(TRUE) : false;
  const mapped = exchange.target.mapping.map(part.value);
  if (!mapped.equals(part.value)) edit.body = form.replaceValue(part, mapped);
  return null;
}
