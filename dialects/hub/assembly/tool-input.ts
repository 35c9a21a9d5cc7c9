// A call's arguments: most dialects hold a JSON object, OpenAI's a string with JSON in it that no one has checked.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { contentFrom, plainOf } from "./content";
import { EMPTY_OBJECT } from "./names";
import { Part } from "./part";

// The form in which Anthropic wants arguments back that a model botched.
// https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming
const INVALID_OPEN = Slice.of('{"INVALID_JSON":"');
const INVALID_CLOSE = Slice.of('"}');

/** Checks arguments; forgets them at once. */
const tape = new JsonTape(0);

/** Sets a call's arguments from a string's content. What is no JSON object is kept in `text` too. */
export function setInput(part: Part, content: Slice): void {
  const plain = plainOf(content);
  const fault = tape.scan(plain);
  const kind = tape.kind(tape.root);
  const object = tape.raw(tape.root);
  tape.clear();
  part.rawInput = EMPTY_OBJECT;
  if (!fault && kind == JsonKind.Object) part.rawInput = object;
  else if (!isNothing(plain) && (fault || kind != JsonKind.Null)) {
    part.text = content;
    part.rawInput = new Writer().bytes(INVALID_OPEN).bytes(content).bytes(INVALID_CLOSE).take();
  }
}

/** A call's arguments as a string's content. */
export function inputContent(part: Part): Slice {
  return part.text.length ? part.text : contentFrom(part.rawInput);
}

/** Writes a call's arguments as a string's value. */
export function writeInput(json: JsonWriter, part: Part): void {
  if (part.text.length) json.content(part.text);
  else json.text(part.rawInput);
}

function isNothing(text: Slice): bool {
  for (let i = 0; i < text.length; ++i) if (text.at(i) > 0x20) return false;
  return true;
}
