// Paths as configurations write them: `{model}` stands for the model's name, and a query may be part of the path.
import { encodePercent, Slice, Writer } from "@weir/sdk/assembly";

const MODEL = Slice.of("{model}");
const KEY = Slice.of("key=");
const QUESTION_MARK: u8 = 0x3f;
const AMPERSAND: u8 = 0x26;

/** Whether the model's name stands in the path. */
export function namesModel(path: Slice): bool {
  return path.find(MODEL) >= 0;
}

/** The path with the model's name in its place, as one segment: no name can lead anywhere else. */
export function withModel(path: Slice, model: Slice): Slice {
  const at = path.find(MODEL);
  if (at < 0) return path;
  const writer = new Writer(path.length + model.length);
  return writer
    .bytes(path.slice(0, at))
    .bytes(encodePercent(model))
    .bytes(path.slice(at + MODEL.length))
    .take();
}

/** The path with what the client put behind the surface's name, and with the client's query behind its own. */
export function joinQuery(path: Slice, rest: Slice, query: Slice): Slice {
  const mark = path.indexOf(QUESTION_MARK);
  const own = mark < 0 ? Slice.empty() : path.slice(mark);
  const writer = new Writer(path.length + rest.length + query.length);
  writer
    .bytes(mark < 0 ? path : path.slice(0, mark))
    .bytes(rest)
    .bytes(own);
  if (mark < 0 || query.length < 2) return writer.bytes(mark < 0 ? query : Slice.empty()).take();
  return writer.byte(AMPERSAND).bytes(query.slice(1)).take();
}

/** A query without its parameters `key`: a client of Gemini's may authenticate itself with one. */
export function withoutKey(query: Slice): Slice {
  if (query.find(KEY) < 0) return query;
  const writer = new Writer(query.length);
  for (let from = 1; from < query.length;) {
    const next = query.indexOf(AMPERSAND, from);
    const end = next < 0 ? query.length : next;
    const parameter = query.slice(from, end);
    if (!parameter.startsWith(KEY)) writer.byte(writer.length ? AMPERSAND : QUESTION_MARK).bytes(parameter);
    from = end + 1;
  }
  return writer.take();
}
