// Which model family's signatures a thought carries. A signature means something only to the family that made it: given
// to another it is refused, so encoders for providers leave foreign ones out.
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";

/** Who can read a signature. */
export const enum SignatureFormat {
  /** Nobody said. */
  Unknown = 0,
  Anthropic = 1,
  Gemini = 2,
  OpenAi = 3,
  /** Of a model on Amazon Bedrock that is not Claude. */
  Bedrock = 4,
}

// The names that OpenRouter's `reasoning_details` use, and one of our own.
// https://openrouter.ai/docs/use-cases/reasoning-tokens
const NAMES: StaticArray<Slice> = [
  Slice.of("unknown"),
  Slice.of("anthropic-claude-v1"),
  Slice.of("google-gemini-v1"),
  Slice.of("openai-responses-v1"),
  Slice.of("amazon-bedrock-v1"),
];
// A signature that travels in a field meant for another family's says so by itself: `weir:<name>:<signature>`.
const MARK = Slice.of("weir:");
const COLON: u8 = 0x3a;

/** The format's public name. */
export function signatureFormatName(format: SignatureFormat): Slice {
  return <i32>format < NAMES.length ? NAMES[format] : NAMES[0];
}

/** The format with this name. */
export function signatureFormatOf(name: Slice): SignatureFormat {
  for (let i = 1; i < NAMES.length; ++i) if (NAMES[i].equals(name)) return <SignatureFormat>i;
  return SignatureFormat.Unknown;
}

/** A signature with the name of who can read it. */
@final
export class Signature {
  constructor(
    /** JSON content. */
    readonly value: Slice,
    readonly format: SignatureFormat,
  ) {}

  /** Reads a field of the family `own`, in which foreign signatures are marked. */
  static read(field: Slice, own: SignatureFormat): Signature {
    if (!field.startsWith(MARK)) return new Signature(field, own);
    const colon = field.indexOf(COLON, MARK.length);
    if (colon < 0) return new Signature(field, own);
    return new Signature(field.slice(colon + 1), signatureFormatOf(field.slice(MARK.length, colon)));
  }

  /** The value for a field of the family `own`: itself, or marked. */
  toField(own: SignatureFormat): Slice {
    if (this.format == own || !this.value.length) return this.value;
    const name = signatureFormatName(this.format);
    return new Writer().bytes(MARK).bytes(name).byte(COLON).bytes(this.value).take();
  }
}
