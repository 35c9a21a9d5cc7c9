// Text inside regular expressions of RE2, which Envoy uses.

/** `text` as it stands. */
export function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
