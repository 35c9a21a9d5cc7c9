// Hub → images, documents and audio. What Bedrock cannot be given was refused before: check-media.ts.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ImageBlock.html
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
import { encodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { plainOf, writeContent, writeContentAt, writeRawAt } from "../../hub/assembly/content";
import * as names from "../../hub/assembly/names";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { DocumentNames } from "./document-name";
import { audioFormat, documentFormat, imageFormat } from "./media-format";
import { Family, isClaude } from "./model";
import * as own from "./names";

const CONTEXT = Slice.of("context");
const IMAGE_DETAIL = Slice.of("image.detail");
const S3_LOCATION = Slice.of("s3Location");
const URI = Slice.of("uri");

/** Writes the media of one request. */
@final
export class MediaEncoder {
  private documents: DocumentNames = new DocumentNames();

  constructor(
    private readonly json: JsonWriter,
    private readonly request: ChatRequest,
    private readonly family: Family,
  ) {}

  /** Writes the member of a block that holds the medium. */
  encode(part: Part): void {
    if (part.kind == PartKind.Document) this.encodeDocument(part);
    else if (part.kind == PartKind.Image) this.encodeImage(part);
    else this.encodeFormatted(names.AUDIO, audioFormat(part.mediaType), part);
  }

  private encodeImage(part: Part): void {
    this.request.dropped.addIf(IMAGE_DETAIL, part.detail);
    this.encodeFormatted(own.IMAGE, imageFormat(part), part);
  }

  private encodeFormatted(type: Slice, format: Slice, part: Part): void {
    const json = this.json.key(type).beginObject().key(names.FORMAT).text(format);
    this.encodeSource(part);
    json.endObject();
  }

  private encodeDocument(part: Part): void {
    const json = this.json.key(own.DOCUMENT).beginObject();
    json.key(names.FORMAT).text(documentFormat(part));
    json.key(names.NAME).text(this.documents.take(part.name));
    this.encodeSource(part);
    writeContentAt(json, CONTEXT, part.text);
    writeRawAt(json, names.CITATIONS, part.rawCitations);
    json.endObject();
  }

  private encodeSource(part: Part): void {
    const json = this.json.key(own.SOURCE).beginObject();
    if (part.source == MediaSource.Base64) writeContent(json.key(own.BYTES), part.data);
    else if (part.source == MediaSource.Text) this.encodeText(part.data);
    else {
      json.key(S3_LOCATION).beginObject();
      writeContent(json.key(URI), part.data);
      json.endObject();
    }
    json.endObject();
  }

  /** All models take a document's bytes; Claude cites from its text. */
  private encodeText(text: Slice): void {
    if (isClaude(this.family)) writeContent(this.json.key(names.TEXT), text);
    else this.json.key(own.BYTES).text(encodeBase64(plainOf(text)));
  }
}
