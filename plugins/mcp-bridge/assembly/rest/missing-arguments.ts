// Arguments that must be there and are not: the user is asked for them by a form, where the client can show one.
// https://modelcontextprotocol.io/specification/2026-07-28/client/elicitation
import { JsonEdit, JsonKind, JsonTape, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { CallArguments } from "./arguments";
import { capabilityOf, CONTENT, ELICIT, judgeForm, Response } from "./input-request";
import { RestTool } from "./tool";

const PROPERTIES = Slice.of("properties");
const REQUIRED = Slice.of("required");
const TYPE = Slice.of("type");
const OBJECT = Slice.of("object");
const MESSAGE = Slice.of("message");
const REQUESTED_SCHEMA = Slice.of("requestedSchema");
/** What a form can hold. */
const PRIMITIVES: StaticArray<Slice> = [
  Slice.of("string"),
  Slice.of("number"),
  Slice.of("integer"),
  Slice.of("boolean"),
];

/** How the question is known. */
@final
export class MissingQuestion {
  readonly name: Slice = Slice.of("arguments");
  readonly method: Slice = ELICIT;
  readonly capability: Slice = capabilityOf(ELICIT);
}

export const MISSING = new MissingQuestion();

/** The arguments that a call lacks, and what has come of asking for them. */
@final
export class MissingArguments {
  /** What the user has filled in, a JSON object; empty where nothing has come. */
  given: Slice = Slice.empty();

  constructor(
    /** For people. */
    readonly names: Slice,
    /** What the client is asked. */
    readonly params: Slice,
  ) {}

  /** Reads a response, a node of `tape` or −1. */
  read(tape: JsonTape, node: i32): Response {
    const judged = node < 0 ? Response.None : judgeForm(tape, node);
    if (judged == Response.Given) this.given = tape.raw(tape.find(node, CONTENT));
    return judged;
  }

  /** `args`, a JSON object, with what the user has given. */
  completed(args: Slice): Slice {
    const whole = new JsonTape();
    const tape = new JsonTape();
    if (!this.given.length || whole.scan(args) || tape.scan(this.given)) return args;
    const edit = new JsonEdit(whole);
    for (let each = tape.first(tape.root); each >= 0; each = tape.next(each)) {
      edit.set(whole.root, tape.keyText(each), tape.raw(each));
    }
    return edit.apply();
  }
}

/** What a call of `tool` lacks; null where nothing, or nothing that a form could hold. `tape` has its schema. */
export function askForMissing(tape: JsonTape, tool: RestTool, args: CallArguments): MissingArguments | null {
  const required = tape.find(tool.inputSchema, REQUIRED);
  const properties = tape.find(tool.inputSchema, PROPERTIES);
  const schema = new JsonWriter(new Writer()).beginObject().key(TYPE).text(OBJECT).key(PROPERTIES).beginObject();
  const list = new JsonWriter(new Writer()).beginArray();
  const names = new Writer();
  for (let each = tape.first(required); each >= 0; each = tape.next(each)) {
    const name = tape.text(each);
    const property = tape.find(properties, name);
    if (args.tape.find(args.tape.root, name) >= 0 || !isPrimitive(tape, property)) continue;
    schema.key(name).raw(tape.raw(property));
    list.text(name);
    names.text(names.length ? ", " : "").bytes(name);
  }
  if (!names.length) return null;
  schema.endObject().key(REQUIRED).raw(list.endArray().output.take()).endObject();
  const all = names.take();
  const message = new Writer().bytes(tool.name).text(" needs: ").bytes(all).take();
  const params = new JsonWriter(new Writer()).beginObject().key(MESSAGE).text(message);
  return new MissingArguments(all, params.key(REQUESTED_SCHEMA).raw(schema.output.take()).endObject().output.take());
}

function isPrimitive(tape: JsonTape, property: i32): bool {
  const type = tape.find(property, TYPE);
  if (tape.kind(type) != JsonKind.String) return false;
  for (let i = 0; i < PRIMITIVES.length; ++i) if (tape.equals(type, PRIMITIVES[i])) return true;
  return false;
}
