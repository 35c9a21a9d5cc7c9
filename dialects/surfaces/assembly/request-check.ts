// What can be said of a request by its headers alone.
import { HeaderList, parseInteger, Slice } from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "./content-type";
import { bodyTooLarge, Refusal, unknownUrl, unsupportedContentEncoding, unsupportedContentType } from "./refusal";
import { SurfacePath } from "./surface-path";

const METHOD = Slice.of(":method");
const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_LENGTH = Slice.of("content-length");
const CONTENT_ENCODING = Slice.of("content-encoding");
const POST = Slice.of("POST");
const GET = Slice.of("GET");
const DELETE = Slice.of("DELETE");
const IDENTITY = Slice.of("identity");

/** Whether the method is one of the surface's; otherwise the answer to it. */
export function checkMethod(headers: HeaderList, wanted: SurfacePath): Refusal | null {
  return allowsMethod(wanted, headers.get(METHOD)) ? null : unknownUrl();
}

/** A surface is posted to. What stands below `responses` may also be read and deleted. */
function allowsMethod(wanted: SurfacePath, method: Slice | null): bool {
  if (!method) return false;
  if (method.equals(POST)) return true;
  return wanted.rest.length > 0 && (method.equals(GET) || method.equals(DELETE));
}

/** Whether the body that these headers announce can be read; otherwise the answer to it. */
export function checkBody(headers: HeaderList, wanted: SurfacePath, bodyBytesMax: i32): Refusal | null {
  const length = headers.get(CONTENT_LENGTH);
  if (length && parseInteger(length) > bodyBytesMax) return bodyTooLarge(bodyBytesMax);
  const format = bodyFormat(headers.get(CONTENT_TYPE));
  if (format != BodyFormat.Json && !(format == BodyFormat.Form && wanted.surface.takesForm)) {
    return unsupportedContentType(
      wanted.surface.takesForm ? "multipart/form-data or application/json" : "application/json",
    );
  }
  const encoding = headers.get(CONTENT_ENCODING);
  return encoding && !encoding.equalsIgnoreCase(IDENTITY) ? unsupportedContentEncoding() : null;
}

/** The content-type header, or nothing. */
export function contentTypeOf(headers: HeaderList): Slice {
  const value = headers.get(CONTENT_TYPE);
  return value ? value : Slice.empty();
}
