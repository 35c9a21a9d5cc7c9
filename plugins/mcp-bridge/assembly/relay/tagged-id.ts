// Ids that say which of several servers they come from: of what a server asks a client, and of a stream's events. They
// are undone when the client answers, or resumes the stream.
import { decodeBase64Url, encodeBase64Url, JsonKind, JsonTape, Slice, Writer } from "@weir/sdk/assembly";

const TILDE: u8 = 0x7e;

/** `"<server>~<the id, encoded>"`, a JSON string. */
export function taggedId(server: Slice, rawId: Slice): Slice {
  const output = new Writer().byte(0x22).bytes(server).byte(TILDE).bytes(encodeBase64Url(rawId));
  return output.byte(0x22).take();
}

/** `<server>~<the id>` */
export function taggedEvent(server: Slice, id: Slice): Slice {
  return new Writer().bytes(server).byte(TILDE).bytes(id).take();
}

/** The name of the server that a tagged id comes from; empty where it is none. */
export function tagOf(id: Slice): Slice {
  const tilde = id.indexOf(TILDE);
  return tilde < 0 ? Slice.empty() : id.slice(0, tilde);
}

/** The id of an event as its server has it. */
export function untaggedEvent(id: Slice): Slice {
  return id.slice(id.indexOf(TILDE) + 1);
}

/** The JSON of the id as its server has it; null where it is neither text nor number: clients may write anything. */
export function untaggedId(id: Slice): Slice | null {
  const raw = decodeBase64Url(untaggedEvent(id));
  const tape = new JsonTape();
  if (!raw || tape.scan(raw)) return null;
  const kind = tape.kind(tape.root);
  return kind == JsonKind.String || kind == JsonKind.Number ? raw : null;
}
