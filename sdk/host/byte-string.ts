// Text on the host's inside is a "byte string": one character per byte (latin1), so that whatever a plugin
// writes survives unchanged and copying to and from Wasm memory stays one native call.
// Tests speak ordinary strings; these functions stand at that edge.

const ascii = /^[\0-\x7f]*$/;

/** An ordinary string as its UTF-8 bytes, one character per byte. */
export function toByteString(text: string): string {
  return ascii.test(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

/** The ordinary string that a byte string encodes as UTF-8; invalid sequences become U+FFFD. */
export function fromByteString(bytes: string): string {
  return ascii.test(bytes) ? bytes : Buffer.from(bytes, "latin1").toString("utf8");
}

/** What tests may give wherever bytes are wanted: text stands for its UTF-8. */
export type BytesLike = string | Uint8Array;

export function toBytes(value: BytesLike): Uint8Array {
  return typeof value === "string" ? Buffer.from(value, "utf8") : value;
}
