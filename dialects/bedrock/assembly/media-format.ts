// Bedrock's names of formats for media types, and for the endings of files' names where a type says nothing.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html
import { mediaTypeEssence } from "@weir/sdk/assembly/bytes/media-type";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { MediaSource, Part } from "../../hub/assembly/part";

const PNG = Slice.of("png");
const TXT = Slice.of("txt");
const MPEG = Slice.of("mpeg");
const MP3 = Slice.of("mp3");
const WAV = Slice.of("wav");
const TEXT_PREFIX = Slice.of("text/");
const JSON_TYPE = Slice.of("application/json");
const SLASH: u8 = 0x2f;
const DOT: u8 = 0x2e;

@final
class Format {
  readonly mediaType: Slice;
  readonly name: Slice;
  constructor(mediaType: string, name: string) {
    this.mediaType = Slice.of(mediaType);
    this.name = Slice.of(name);
  }
}

const IMAGES: Format[] = [
  new Format("image/png", "png"),
  new Format("image/jpeg", "jpeg"),
  new Format("image/jpg", "jpeg"),
  new Format("image/gif", "gif"),
  new Format("image/webp", "webp"),
];
const DOCUMENTS: Format[] = [
  new Format("application/pdf", "pdf"),
  new Format("text/csv", "csv"),
  new Format("application/msword", "doc"),
  new Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
  new Format("application/vnd.ms-excel", "xls"),
  new Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
  new Format("text/html", "html"),
  new Format("text/markdown", "md"),
  new Format("text/plain", "txt"),
];

/** Of an image: PNG where nobody said; empty for what Bedrock does not take. */
export function imageFormat(part: Part): Slice {
  if (part.mediaType.length) return formatOf(part.mediaType, IMAGES);
  const ending = formatOfEnding(part.data, IMAGES);
  return ending.length ? ending : PNG;
}

/** Of a document; empty for what Bedrock does not take. */
export function documentFormat(part: Part): Slice {
  if (part.source == MediaSource.Text) return TXT;
  const format = formatOf(part.mediaType, DOCUMENTS);
  if (format.length) return format;
  const ending = formatOfEnding(part.name.length ? part.name : part.data, DOCUMENTS);
  if (ending.length) return ending;
  const isText = part.mediaType.startsWith(TEXT_PREFIX) || part.mediaType.equals(JSON_TYPE);
  return isText ? TXT : Slice.empty();
}

/** Of audio: what stands behind the slash of its type. */
export function audioFormat(mediaType: Slice): Slice {
  const name = mediaType.slice(mediaType.lastIndexOf(SLASH) + 1);
  if (name.equals(MPEG)) return MP3;
  return name.length ? name : WAV;
}

function formatOf(mediaType: Slice, formats: Format[]): Slice {
  const essence = mediaTypeEssence(mediaType);
  for (let i = 0; i < formats.length; ++i) {
    if (formats[i].mediaType.equalsIgnoreCase(essence)) return formats[i].name;
  }
  return Slice.empty();
}

/** By the ending of a name or an address. */
function formatOfEnding(name: Slice, formats: Format[]): Slice {
  const dot = name.lastIndexOf(DOT);
  if (dot < 0) return Slice.empty();
  const ending = name.slice(dot + 1);
  for (let i = 0; i < formats.length; ++i) if (formats[i].name.equalsIgnoreCase(ending)) return formats[i].name;
  return Slice.empty();
}
