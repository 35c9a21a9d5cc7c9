// Signatures in `thoughtSignature`, a field of base64: what other families made is marked inside it, for Google's SDKs
// refuse text that is no base64. `weir:<family>:<signature>`, and `weir-redacted:` for thinking that is all signature.
// https://ai.google.dev/gemini-api/docs/thought-signatures
import { decodeBase64, decodeBase64Url, encodeBase64 } from "@weir/sdk/assembly/bytes/base64";
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { contentFrom, plainOf } from "../../hub/assembly/content";
import { Part, PartKind } from "../../hub/assembly/part";
import { SignatureFormat, signatureFormatName, signatureFormatOf } from "../../hub/assembly/signature";

const THINKING_MARK = Slice.of("weir:");
const REDACTED_MARK = Slice.of("weir-redacted:");
/** How both marks begin in base64: "wei" is "d2Vp". */
const MARK_BASE64 = Slice.of("d2Vp");
const COLON: u8 = 0x3a;
/**
 * What Google takes where history has calls of another model, which have no signature.
 * https://ai.google.dev/gemini-api/docs/thought-signatures#faqs
 */
export const NO_SIGNATURE = Slice.of("skip_thought_signature_validator");

/** The part that a thought with this signature is: thinking, or redacted thinking of another family. */
export function thinkingOf(text: Slice, field: Slice): Part {
  const part = Part.withText(PartKind.Thinking, text);
  part.signature = field;
  part.signatureFormat = SignatureFormat.Gemini;
  if (!field.startsWith(MARK_BASE64)) return part;
  const bytes = decodeEither(field);
  if (!bytes) return part;
  const isRedacted = bytes.startsWith(REDACTED_MARK);
  if (!isRedacted && !bytes.startsWith(THINKING_MARK)) return part;
  const from = isRedacted ? REDACTED_MARK.length : THINKING_MARK.length;
  const colon = bytes.indexOf(COLON, from);
  if (colon < 0) return part;
  const value = contentFrom(bytes.slice(colon + 1));
  const format = signatureFormatOf(bytes.slice(from, colon));
  return isRedacted ? redactedOf(value, format) : signed(part, value, format);
}

/** Google's SDK for Python writes the alphabet of URLs. */
function decodeEither(field: Slice): Slice | null {
  const bytes = decodeBase64(field);
  return bytes ? bytes : decodeBase64Url(field);
}

function signed(part: Part, value: Slice, format: SignatureFormat): Part {
  part.signature = value;
  part.signatureFormat = format;
  return part;
}

function redactedOf(data: Slice, format: SignatureFormat): Part {
  const part = new Part(PartKind.RedactedThinking);
  part.data = data;
  part.signatureFormat = format;
  return part;
}

/** A signature for the field: itself where it is Gemini's or nobody's in particular, else marked. */
export function signatureField(value: Slice, format: SignatureFormat): Slice {
  const isOwn = format == SignatureFormat.Gemini || format == SignatureFormat.Unknown;
  return isOwn || !value.length ? value : marked(THINKING_MARK, value, format);
}

/** Redacted thinking for the field. */
export function redactedField(data: Slice, format: SignatureFormat): Slice {
  return marked(REDACTED_MARK, data, format);
}

function marked(mark: Slice, value: Slice, format: SignatureFormat): Slice {
  const writer = new Writer(value.length + 64).bytes(mark).bytes(signatureFormatName(format)).byte(COLON);
  return encodeBase64(writer.bytes(plainOf(value)).take());
}
