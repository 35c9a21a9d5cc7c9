// One piece of a message's content. Texts are JSON content (content.ts); fields named `raw…` are JSON values.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { SignatureFormat } from "./signature";

/** What a part is, and which of its fields count. */
export const enum PartKind {
  /** `text`; `rawCitations`, `rawAnnotations`. */
  Text = 0,
  /** `source`, `data`, `mediaType`; `detail`. */
  Image = 1,
  /** `source`, `data`, `mediaType`; `name` (file name or title), `text` (context). */
  Document = 2,
  /** `data` (base64 or id), `mediaType`. */
  Audio = 3,
  /** `id`, `name`, `rawInput`; `signature`. */
  ToolCall = 4,
  /** `id` of the call, `parts`, `isError`; `name` where the dialect repeats it. */
  ToolResult = 5,
  /** `text`, `signature`. */
  Thinking = 6,
  /** `data`. */
  RedactedThinking = 7,
  /** `text`. */
  Refusal = 8,
  /** `raw` as it is, of the dialect `name`; `text` is its type. Only that dialect can write it. */
  Opaque = 9,
}

/** Where a medium's bytes are. */
export const enum MediaSource {
  /** `data` is base64. */
  Base64 = 0,
  /** `data` is a URL. */
  Url = 1,
  /** `data` names a file that the provider keeps. */
  FileId = 2,
  /** `data` is plain text. */
  Text = 3,
}

/** A part. Fields that its kind does not use are empty. */
@final
export class Part {
  text: Slice = Slice.empty();
  id: Slice = Slice.empty();
  name: Slice = Slice.empty();
  /** A tool call's arguments: a JSON object; `{}` for none. Malformed ones are carried as they are in `text`. */
  rawInput: Slice = Slice.empty();
  source: MediaSource = MediaSource.Base64;
  data: Slice = Slice.empty();
  /** `image/png` and the like; empty where unknown. */
  mediaType: Slice = Slice.empty();
  /** OpenAI's image detail, low or high; empty for what the model likes. */
  detail: Slice = Slice.empty();
  signature: Slice = Slice.empty();
  signatureFormat: SignatureFormat = SignatureFormat.Unknown;
  isError: bool = false;
  parts: Part[] = NO_PARTS;
  /** Anthropic's `cache_control` object, or empty. */
  rawCache: Slice = Slice.empty();
  /** Anthropic's `citations`, or empty. */
  rawCitations: Slice = Slice.empty();
  /** OpenAI's `annotations`, or empty. */
  rawAnnotations: Slice = Slice.empty();
  raw: Slice = Slice.empty();

  constructor(readonly kind: PartKind) {
    // Most parts have none inside: they share a list that nobody adds to.
    if (kind == PartKind.ToolResult) this.parts = new Array<Part>();
  }

  /** A part of `kind` with this text. */
  static withText(kind: PartKind, text: Slice): Part {
    const part = new Part(kind);
    part.text = text;
    return part;
  }

  /** A part of `kind` with this medium. */
  static withMedia(kind: PartKind, source: MediaSource, data: Slice, mediaType: Slice): Part {
    const part = new Part(kind);
    part.source = source;
    part.data = data;
    part.mediaType = mediaType;
    return part;
  }

  /** A call. */
  static toolCall(id: Slice, name: Slice, rawInput: Slice): Part {
    const part = new Part(PartKind.ToolCall);
    part.id = id;
    part.name = name;
    part.rawInput = rawInput;
    return part;
  }

  /** What only `dialect` understands. */
  static opaque(dialect: Slice, type: Slice, raw: Slice): Part {
    const part = new Part(PartKind.Opaque);
    part.name = dialect;
    part.text = type;
    part.raw = raw;
    return part;
  }
}

const NO_PARTS: Part[] = [];
