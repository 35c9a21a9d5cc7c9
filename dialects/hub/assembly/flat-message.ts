// Messages in which a tool's result is a message of its own and holds text alone, as OpenAI has it and many after it.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { Dropped } from "./dropped";
import { Message } from "./message";
import { Part, PartKind } from "./part";

/** Whether the part is no text. */
export function isMedium(part: Part): bool {
  return part.kind == PartKind.Image || part.kind == PartKind.Document || part.kind == PartKind.Audio;
}

/** Whether the message holds only what dialects other than `own` know: then nothing is left of it but the names. */
export function dropForeign(message: Message, own: Slice, dropped: Dropped): bool {
  const parts = message.parts;
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i].kind != PartKind.Opaque || parts[i].name.equals(own)) return false;
  }
  for (let i = 0; i < parts.length; ++i) dropped.add(parts[i].text);
  return parts.length > 0;
}

/** What a result holds besides media. */
export function besidesMedia(result: Part): Part[] {
  const parts = result.parts;
  let count = 0;
  for (let i = 0; i < parts.length; ++i) if (!isMedium(parts[i])) ++count;
  if (count == parts.length) return parts;
  const rest: Part[] = [];
  for (let i = 0; i < parts.length; ++i) if (!isMedium(parts[i])) rest.push(parts[i]);
  return rest;
}

/** What a message holds besides results: media out of its results first, then the rest in its order. */
export function besidesResults(message: Message): Part[] {
  if (!message.has(PartKind.ToolResult)) return message.parts;
  const rest: Part[] = [];
  for (let i = 0; i < message.parts.length; ++i) {
    const part = message.parts[i];
    if (part.kind != PartKind.ToolResult) continue;
    for (let k = 0; k < part.parts.length; ++k) if (isMedium(part.parts[k])) rest.push(part.parts[k]);
  }
  for (let i = 0; i < message.parts.length; ++i) {
    if (message.parts[i].kind != PartKind.ToolResult) rest.push(message.parts[i]);
  }
  return rest;
}

/** The texts of the parts of this kind, joined; `separator` is JSON content. */
export function joinedText(parts: Part[], kind: PartKind, separator: Slice = Slice.empty()): Slice {
  let text = Slice.empty();
  let writer: Writer | null = null;
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i].kind != kind || !parts[i].text.length) continue;
    if (writer) writer.bytes(separator).bytes(parts[i].text);
    else if (text.length) writer = new Writer(text.length * 2).bytes(text).bytes(separator).bytes(parts[i].text);
    else text = parts[i].text;
  }
  return writer ? writer.take() : text;
}
