// Reads a list of texts.
import { JsonFields, Slice } from "@weir/sdk/assembly";

/** Adds the texts of `list` to `texts`. An empty one is a fault. */
export function readTexts(fields: JsonFields, list: i32, texts: Slice[], path: string): void {
  const tape = fields.tape;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const text = fields.textOf(item, path + "[" + texts.length.toString() + "]");
    if (!text.length) fields.fail(path + "[" + texts.length.toString() + "]", "a text that is not empty");
    texts.push(text);
  }
}
