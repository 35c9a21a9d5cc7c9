// Ids of calls: Anthropic's API takes letters, digits, `_` and `-` alone. Others get `_` in their place, in call and
// result alike, so that they still meet.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";

/** Writes an id as a string value. */
export function writeToolId(json: JsonWriter, id: Slice): void {
  let i = 0;
  while (i < id.length && isAllowed(id.at(i))) ++i;
  if (i == id.length) {
    json.text(id);
    return;
  }
  const writer = new Writer(id.length);
  for (let at = 0; at < id.length; ++at) writer.byte(isAllowed(id.at(at)) ? id.at(at) : 0x5f);
  json.text(writer.take());
}

function isAllowed(byte: u8): bool {
  return <u32>(byte | 0x20) - 0x61 < 26 || <u32>byte - 0x30 < 10 || byte == 0x5f || byte == 0x2d;
}
