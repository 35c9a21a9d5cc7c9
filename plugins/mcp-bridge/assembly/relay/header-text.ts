// Texts in headers.
// https://modelcontextprotocol.io/specification/2026-07-28/basic/transports/streamable-http
import { encodeBase64, Slice, Writer } from "@weir/sdk/assembly";

const ENCODED = Slice.of("=?base64?");

/** What a header cannot carry as it is stands in it as base64. */
export function headerText(text: Slice): Slice {
  let isPlain = !text.startsWith(ENCODED) && text.trim().length == text.length;
  for (let i = 0; i < text.length && isPlain; ++i) isPlain = text.at(i) >= 0x20 && text.at(i) < 0x7f;
  if (isPlain) return text;
  return new Writer().bytes(ENCODED).bytes(encodeBase64(text)).text("?=").take();
}
