// What a request's content-type says of its body. Source: RFC 9110 §8.3, RFC 6839 §3.1 (`+json`).
import { mediaTypeEssence, Slice } from "@weir/sdk/assembly";

/** How a body is to be read. */
export const enum BodyFormat {
  /** Not at all. */
  Unknown = 0,
  /** JSON text. */
  Json = 1,
  /** A multipart form. */
  Form = 2,
  /** Server-sent events. */
  EventStream = 3,
}

const JSON = Slice.of("application/json");
const JSON_SUFFIX = Slice.of("+json");
const FORM = Slice.of("multipart/form-data");
const EVENT_STREAM = Slice.of("text/event-stream");

/** The format that a content-type header names; parameters do not matter, nor does the case of letters. */
export function bodyFormat(contentType: Slice | null): BodyFormat {
  if (!contentType) return BodyFormat.Unknown;
  // As nearly everybody writes them, without a look at their parts.
  if (contentType.equals(JSON)) return BodyFormat.Json;
  if (contentType.equals(EVENT_STREAM)) return BodyFormat.EventStream;
  const type = mediaTypeEssence(contentType);
  if (type.equalsIgnoreCase(JSON)) return BodyFormat.Json;
  if (type.equalsIgnoreCase(EVENT_STREAM)) return BodyFormat.EventStream;
  if (type.equalsIgnoreCase(FORM)) return BodyFormat.Form;
  const suffix = type.slice(type.length - JSON_SUFFIX.length);
  return suffix.equalsIgnoreCase(JSON_SUFFIX) ? BodyFormat.Json : BodyFormat.Unknown;
}
