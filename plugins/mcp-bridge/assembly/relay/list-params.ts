// What a list is asked for with.
import { JsonWriter, Slice, Writer } from "@weir/sdk/assembly";
import { Link } from "./link";
import { modernMeta } from "./upstream-request";

const CURSOR = Slice.of("cursor");
const META = Slice.of("_meta");

/** `params` of the page that begins at `cursor`, in the era that the server of `link` speaks. */
export function paramsWith(cursor: Slice, link: Link | null): Slice {
  const json = new JsonWriter(new Writer()).beginObject();
  if (cursor.length) json.key(CURSOR).text(cursor);
  if (link && link.isModern) json.key(META).raw(modernMeta(link));
  return json.endObject().output.take();
}
