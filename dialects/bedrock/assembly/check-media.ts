// What Bedrock cannot be given: it fetches nothing but what lies in S3, keeps no files, and knows a few formats. Such a
// request is refused, and nothing dropped: an answer about a picture that the model never saw looks like any other.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import { Fault, FaultCode } from "@weir/sdk/assembly/bytes/fault";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { ChatRequest } from "../../hub/assembly/chat-request";
import { Role } from "../../hub/assembly/message";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";
import { documentFormat, imageFormat } from "./media-format";

const S3_SCHEME = Slice.of("s3://");
const NO_URLS = "Amazon Bedrock fetches no URLs: send images and documents as base64, or by an s3:// address";
const NO_FILES = "Amazon Bedrock keeps no files: send images and documents as base64, or by an s3:// address";
const NO_IMAGE = "Amazon Bedrock takes images as PNG, JPEG, GIF or WebP";
const NO_DOCUMENT = "Amazon Bedrock takes documents as PDF, CSV, DOC, DOCX, XLS, XLSX, HTML, TXT or MD";

/** Looks at the media of the user's messages: elsewhere there can be none. */
export function checkMedia(request: ChatRequest): Fault | null {
  for (let i = 0; i < request.messages.length; ++i) {
    const message = request.messages[i];
    const fault = message.role == Role.User ? checkParts(message.parts) : null;
    if (fault) return fault;
  }
  return null;
}

/** Results hold parts of their own; they do not nest deeper. */
function checkParts(parts: Part[]): Fault | null {
  for (let i = 0; i < parts.length; ++i) {
    let fault = checkPart(parts[i]);
    const inner = parts[i].parts;
    for (let k = 0; !fault && k < inner.length; ++k) fault = checkPart(inner[k]);
    if (fault) return fault;
  }
  return null;
}

function checkPart(part: Part): Fault | null {
  const isImage = part.kind == PartKind.Image;
  if (!isImage && part.kind != PartKind.Document) return null;
  if (part.source == MediaSource.FileId) return refusal(NO_FILES);
  if (part.source == MediaSource.Url && !part.data.startsWith(S3_SCHEME)) return refusal(NO_URLS);
  if (isImage) return imageFormat(part).length ? null : refusal(NO_IMAGE);
  return documentFormat(part).length ? null : refusal(NO_DOCUMENT);
}

function refusal(sentence: string): Fault {
  return new Fault(FaultCode.InvalidFormat, -1, sentence);
}
