// What a document says, for dialects that have no place for files.
import { decodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { isUtf8 } from "@weir/sdk/assembly/bytes/utf8";
import { contentFrom, plainOf } from "./content";
import { Dropped } from "./dropped";
import { ANNOTATIONS, CITATIONS } from "./names";
import { MediaSource, Part, PartKind } from "./part";

const CONTEXT = Slice.of("document.context");
const TITLE = Slice.of("document.title");
const TEXT_PREFIX = Slice.of("text/");

/** The text of a document that is one, as JSON content; empty for files of other kinds and those elsewhere. */
export function documentText(part: Part): Slice {
  if (part.source == MediaSource.Text) return part.data;
  if (part.source != MediaSource.Base64 || !part.mediaType.startsWith(TEXT_PREFIX)) return Slice.empty();
  const bytes = decodeBase64(plainOf(part.data));
  return bytes && isUtf8(bytes) ? contentFrom(bytes) : Slice.empty();
}

/** Names what a part loses where only its text is carried. */
export function dropBesidesText(part: Part, dropped: Dropped): void {
  dropped.addIf(CITATIONS, part.rawCitations);
  dropped.addIf(ANNOTATIONS, part.rawAnnotations);
  if (part.kind != PartKind.Document) return;
  dropped.addIf(CONTEXT, part.text);
  dropped.addIf(TITLE, part.name);
}
