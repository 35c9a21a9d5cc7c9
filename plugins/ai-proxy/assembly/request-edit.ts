// What a request's body becomes for a target that speaks the client's dialect: the model mapped, usage asked for.
// Everything else stays, byte for byte.
import { JsonEdit, JsonKind, jsonString, JsonTape, Multipart, Slice, Writer } from "@weir/sdk/assembly";
import { VERSION_MEMBER, VERTEX_VERSION } from "@weir/dialects/anthropic/assembly/encode-request";
import { Refusal } from "@weir/dialects/surfaces/assembly/refusal";
import { checkModel, MODEL, scanForm, scanRequest } from "@weir/dialects/surfaces/assembly/request-model";
import { Platform } from "./target";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { boundOutput } from "./bound-output";
import { Exchange } from "./exchange";

const STREAM = Slice.of("stream");
const STREAM_OPTIONS = Slice.of("stream_options");
const INCLUDE_USAGE = Slice.of("include_usage");
const ASK_FOR_USAGE = Slice.of('{"include_usage":true}');
const N = Slice.of("n");
const ANSWERS_MAX: i64 = 128;
const TRUE = Slice.of("true");

/** What was found in a request, and what it is to become. */
@final
export class RequestEdit {
  /** The client's model, a view of the body; empty where a request below a surface names none. */
  model: Slice = Slice.empty();
  /** The provider's name for it. */
  providerModel: Slice = Slice.empty();
  /** Whether the answer is to be a stream. */
  isStream: bool = false;
  /** How many answers the client asks for; known where a limit has something to say. */
  answers: i32 = 1;
  /** Whether the client asked for usage. */
  wantsUsage: bool = false;
  /** Whether the provider was asked for usage that the client did not ask for: its event is to be hidden. */
  hidesUsage: bool = false;
  /** The body for the provider; null where the client's is right as it is. */
  body: Slice | null = null;
  /** The path for the provider, where it depends on the body. */
  path: Slice | null = null;

  /** Lets go of the bodies when the request is sent. */
  release(): void {
    this.model = Slice.empty();
    this.providerModel = Slice.empty();
    this.body = null;
  }
}

/** Reads a JSON request and edits it for the exchange's target. What is wrong with it is returned. */
export function editJson(exchange: Exchange, body: Slice): Refusal | null {
  const tape = exchange.scratch.request;
  const wanted = exchange.wanted;
  const error = scanRequest(tape, body);
  if (error) return error;
  const modelError = checkModel(tape, wanted);
  if (modelError) return modelError;
  const edit = exchange.edit;
  const changes = exchange.scratch.changes;
  if (wanted.model.length) {
    edit.model = wanted.model;
    edit.providerModel = exchange.providerModelOf(wanted.model);
  } else mapModel(exchange, tape, changes);
  edit.isStream = wanted.surface.isStream || tape.isTrue(tape.find(tape.root, STREAM));
  const canAsk = wanted.surface.hasStreamOptions && exchange.target.takesStreamOptions && !exchange.isSilent;
  if (edit.isStream && canAsk) askForUsage(exchange);
  if (edit.isStream && exchange.isLimited) edit.answers = answersOf(tape);
  if (exchange.outputTokensMax >= 0) boundOutput(exchange);
  if (exchange.target.platform == Platform.VertexAnthropic) editForVertex(exchange);
  if (!changes.isEmpty) edit.body = changes.apply();
  return null;
}

/** Vertex AI wants Anthropic's version in the body, and of messages the model in the path alone. */
function editForVertex(exchange: Exchange): void {
  const tape = exchange.scratch.request;
  const target = exchange.target;
  const edit = exchange.edit;
  const changes = exchange.scratch.changes;
  if (tape.find(tape.root, VERSION_MEMBER) < 0) changes.set(tape.root, VERSION_MEMBER, quote(VERTEX_VERSION));
  if (exchange.wanted.surface.purpose != Purpose.Chat) return;
  changes.remove(tape.root, MODEL);
  edit.path = target.endpointPath(target.chatEndpoint(target.dialect.chat, edit.isStream), edit.providerModel);
}

function mapModel(exchange: Exchange, tape: JsonTape, changes: JsonEdit): void {
  const node = tape.find(tape.root, MODEL);
  if (node < 0) return;
  const model = tape.text(node);
  const mapped = exchange.providerModelOf(model);
  exchange.edit.model = model;
  exchange.edit.providerModel = mapped;
  if (!mapped.equals(model)) changes.replace(node, quote(mapped));
}

function answersOf(tape: JsonTape): i32 {
  return <i32>min(max<i64>(1, tape.integer(tape.find(tape.root, N))), ANSWERS_MAX);
}

/** Options of a wrong type are left for the provider to refuse. */
function askForUsage(exchange: Exchange): void {
  const tape = exchange.scratch.request;
  const options = tape.find(tape.root, STREAM_OPTIONS);
  const kind = tape.kind(options);
  const isOpen = kind == JsonKind.Missing || kind == JsonKind.Null;
  if (!isOpen && kind != JsonKind.Object) return;
  const asking = isOpen ? ASK_FOR_USAGE : includeUsage(exchange.scratch.tape, tape.raw(options));
  exchange.edit.wantsUsage = !asking;
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
export function editForm(exchange: Exchange, body: Slice, contentType: Slice): Refusal | null {
  const form = new Multipart();
  const error = scanForm(form, body, contentType);
  if (error) return error;
  const part = form.field(MODEL);
  if (!part) return null;
  const edit = exchange.edit;
  const stream = form.field(STREAM);
  edit.isStream = stream ? stream.value.equals(TRUE) : false;
  edit.model = part.value;
  const mapped = exchange.providerModelOf(part.value);
  edit.providerModel = mapped;
  if (!mapped.equals(part.value)) edit.body = form.replaceValue(part, mapped);
  return null;
}
