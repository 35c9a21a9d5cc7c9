// Results of tools: content blocks, and what structure they have.
// https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result
import { encodeBase64, JsonWriter, Slice, Writer } from "@weir/sdk/assembly";

const CONTENT = Slice.of("content");
const TYPE = Slice.of("type");
const TEXT = Slice.of("text");
const IMAGE = Slice.of("image");
const AUDIO = Slice.of("audio");
const RESOURCE = Slice.of("resource");
const DATA = Slice.of("data");
const MIME_TYPE = Slice.of("mimeType");
const URI = Slice.of("uri");
const BLOB = Slice.of("blob");
const STRUCTURED = Slice.of("structuredContent");
const IS_ERROR = Slice.of("isError");

/** A text; `structured` is JSON, or empty. */
export function textResult(text: Slice, structured: Slice = Slice.empty()): Slice {
  const json = begin(text.length);
  writeText(json, text);
  return finish(json, structured, false);
}

/** Content blocks, a JSON list; `structured` is JSON, or empty. */
export function contentResult(content: Slice, structured: Slice): Slice {
  const json = new JsonWriter(new Writer(content.length + structured.length + 64)).beginObject();
  json.key(CONTENT).raw(content);
  if (structured.length) json.key(STRUCTURED).raw(structured);
  return json.endObject().output.take();
}

/** A failure that the client's model may read, and mend. */
export function errorResult(text: Slice): Slice {
  const json = begin(text.length);
  writeText(json, text);
  return finish(json, Slice.empty(), true);
}

/** As `errorResult`. */
export function failure(text: string): Slice {
  return errorResult(Slice.of(text));
}

/** A picture, or a sound. */
export function mediaResult(bytes: Slice, mimeType: Slice, isImage: bool): Slice {
  const data = encodeBase64(bytes);
  const json = begin(data.length);
  json.key(TYPE).text(isImage ? IMAGE : AUDIO);
  json.key(DATA).content(data).key(MIME_TYPE).text(mimeType);
  return finish(json, Slice.empty(), false);
}

/** Any other bytes. */
export function blobResult(bytes: Slice, mimeType: Slice, uri: Slice): Slice {
  const data = encodeBase64(bytes);
  const json = begin(data.length);
  json.key(TYPE).text(RESOURCE).key(RESOURCE).beginObject();
  json.key(URI).text(uri).key(MIME_TYPE).text(mimeType).key(BLOB).content(data).endObject();
  return finish(json, Slice.empty(), false);
}

function begin(size: i32): JsonWriter {
  return new JsonWriter(new Writer(size + 128)).beginObject().key(CONTENT).beginArray().beginObject();
}

function writeText(json: JsonWriter, text: Slice): void {
  json.key(TYPE).text(TEXT).key(TEXT).text(text);
}

function finish(json: JsonWriter, structured: Slice, isError: bool): Slice {
  json.endObject().endArray();
  if (structured.length) json.key(STRUCTURED).raw(structured);
  if (isError) json.key(IS_ERROR).flag(true);
  return json.endObject().output.take();
}
