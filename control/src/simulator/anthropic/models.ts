// What Anthropic's models differ in, by their names: `claude-opus-4-7`, `claude-3-7-sonnet-20250219`, and the same with
// what Vertex AI and Bedrock put around them.

/** Models after Opus 4.6 take no sampling parameters and no fixed thinking budget. */
export function isAfterOpus46(model: string): boolean {
  return compare(versionOf(model), [4, 6]) > 0;
}

export function hasAdaptiveThinking(model: string): boolean {
  return compare(versionOf(model), [4, 6]) >= 0;
}

export function takesPrefill(model: string): boolean {
  return compare(versionOf(model), [4, 6]) < 0;
}

/** Since Opus 4.1 a request may set one of temperature and top_p. */
export function wantsOneSampling(model: string): boolean {
  return compare(versionOf(model), [4, 1]) >= 0;
}

type Version = [major: number, minor: number];

/** A model that does not tell counts as new. A long number is a date. */
function versionOf(model: string): Version {
  const [, oldMajor, oldMinor] = /claude-(\d)(?:-(\d))?-[a-z]/.exec(model) ?? [];
  if (oldMajor) return [Number(oldMajor), Number(oldMinor ?? 0)];
  const [, major, minor] = /claude-[a-z]+-(\d{1,2})(?:-(\d{1,2})(?!\d))?/.exec(model) ?? [];
  return major ? [Number(major), Number(minor ?? 0)] : [99, 0];
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1];
}
