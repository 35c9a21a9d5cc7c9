// The arguments of a call: those that are declared, with defaults, turned into what their types say, and checked.
import { isInteger, JsonKind, JsonTape, JsonWriter, parseNumber, Slice, Writer } from "@weir/sdk/assembly";
import { PathValues } from "./target-url";
import { Argument, Position, RestTool } from "./tool";

const INTEGER = Slice.of("integer");
const NUMBER = Slice.of("number");
const BOOLEAN = Slice.of("boolean");
const TRUE = Slice.of("true");
const FALSE = Slice.of("false");
const EMPTY_OBJECT = Slice.of("{}");

/** The arguments of one call, as a JSON object with their names. */
@final
export class CallArguments implements PathValues {
  /** Their text. */
  json: Slice = EMPTY_OBJECT;

  constructor(
    private readonly tool: RestTool,
    /** One for all calls: nothing reads it once a request is built. */
    readonly tape: JsonTape,
  ) {}

  /** Reads what the client has given: `given` is an object of `tape`, or −1. What is not declared is left out. */
  read(tape: JsonTape, given: i32): void {
    const json = new JsonWriter(new Writer(tape.end(given) - tape.start(given) + 64)).beginObject();
    const args = this.tool.args;
    for (let i = 0; i < args.length; ++i) {
      const node = tape.find(given, args[i].name);
      if (node >= 0 && !standsForNothing(args[i], tape, node))
        json.key(args[i].name).raw(coerced(args[i].type, tape, node));
      else if (args[i].rawDefault.length) json.key(args[i].name).raw(args[i].rawDefault);
    }
    this.json = json.endObject().output.take();
    // It was made of what has been scanned before.
    this.tape.scan(this.json);
  }

  /** The node of an argument; −1 where it was neither given nor has a default. */
  find(argument: Argument): i32 {
    return this.tape.find(this.tape.root, argument.name);
  }

  /** An argument as a text: a string's content, anything else as JSON. */
  textOf(node: i32): Slice {
    return this.tape.kind(node) == JsonKind.String ? this.tape.text(node) : this.tape.raw(node);
  }

  pathValue(name: Slice): Slice | null {
    const args = this.tool.args;
    for (let i = 0; i < args.length; ++i) {
      if (args[i].position != Position.Path || !args[i].name.equals(name)) continue;
      const node = this.find(args[i]);
      return node < 0 ? Slice.empty() : this.textOf(node);
    }
    return null;
  }
}

/** Models often write null for what they leave out; where a type is declared it can mean nothing else. */
function standsForNothing(argument: Argument, tape: JsonTape, node: i32): bool {
  return argument.type.length > 0 && tape.kind(node) == JsonKind.Null;
}

/** Models often write numbers and flags as texts. */
function coerced(type: Slice, tape: JsonTape, node: i32): Slice {
  if (tape.kind(node) != JsonKind.String) return tape.raw(node);
  const text = tape.text(node);
  if (type.equals(BOOLEAN) && (text.equals(TRUE) || text.equals(FALSE))) return text;
  // A text with a leading zero or plus is no number of JSON.
  if (type.equals(INTEGER) && isInteger(text) && isJsonNumber(text)) return text;
  if (type.equals(NUMBER) && !isNaN(parseNumber(text)) && isJsonNumber(text)) return text;
  return tape.raw(node);
}

function isJsonNumber(text: Slice): bool {
  const tape = new JsonTape();
  return !tape.scan(text) && tape.kind(tape.root) == JsonKind.Number;
}
