// Regular expressions from objects. One that Envoy refuses would cost all routes of its listener.

/** What JavaScript knows and RE2 does not: looking around, and back to groups. */
const beyondRe2 = /\(\?<?[=!]|\\[1-9kcu]/;

/** Whether RE2 takes it, as far as JavaScript's own parser can tell. https://github.com/google/re2/wiki/Syntax */
export function isRegex(pattern: string): boolean {
  if (beyondRe2.test(pattern)) return false;
  try {
    return new RegExp(pattern.replace(/^\(\?i\)/, "").replaceAll("(?P<", "(?<")) instanceof RegExp;
  } catch {
    return false;
  }
}

/** `text` as it stands. */
export function quote(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
