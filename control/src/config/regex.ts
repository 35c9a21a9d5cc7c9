// Regular expressions of `modelMapping`, checked before they reach the plugin. The plugin's engine runs in linear
// time and has RE2's syntax without its rarities, so what needs backtracking is refused here, with the reason.

const lengthMax = 512;
/** As in RE2: a larger count would make a large program of a short pattern. */
const repetitionsMax = 1000;

/** What is wrong with the pattern or with the groups that its replacement uses; null when both are good. */
export function checkRegex(pattern: string, replacement: string): { message: string; fix: string } | null {
  if (pattern === "" || pattern.length > lengthMax) {
    return {
      message: `A regular expression must have 1 to ${lengthMax} characters`,
      fix: "Write one after ~, such as ~^gpt-(.*)$",
    };
  }
  const refused = findRefused(pattern);
  if (refused)
    return {
      message: `A regular expression cannot use ${refused} here`,
      fix: "Use RE2's syntax, without what needs backtracking",
    };
  const groups = countGroups(pattern);
  if (groups === null)
    return {
      message: "The regular expression is not valid",
      fix: "Check its brackets, and escape what is meant literally with \\",
    };
  const used = Math.max(0, ...[...replacement.matchAll(/\$(\d)/g)].map((match) => Number(match[1])));
  if (used <= groups) return null;
  return {
    message: `The model's name uses $${used}, the expression has ${groups} groups`,
    fix: "Put the wanted part in parentheses, or use a lower number",
  };
}

function findRefused(pattern: string): string | null {
  if (/\(\?<?[=!]/.test(pattern)) return "a look-ahead or look-behind";
  if (/\\[1-9]|\\k/.test(pattern)) return "a backreference";
  if (/\(\?<[A-Za-z]|\(\?P</.test(pattern)) return "a named group";
  if (/\\[pPuxc]/.test(pattern)) return "a Unicode or code point class";
  const counts = [...pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g)].flatMap((match) => [match[1], match[2]]);
  return counts.some((count) => Number(count ?? 0) > repetitionsMax) ? `a count above ${repetitionsMax}` : null;
}

/** Null when the pattern does not compile. */
function countGroups(pattern: string): number | null {
  try {
    const flags = pattern.startsWith("(?i)") ? "i" : "";
    const body = flags ? pattern.slice("(?i)".length) : pattern;
    // With an empty alternative any text matches, and the match has a place for each group.
    return new RegExp(`${new RegExp(body, flags).source}|`, flags).exec("")!.length - 1;
  } catch {
    return null;
  }
}
