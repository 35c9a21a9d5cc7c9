// Times as people write them when they ask for usage.
const agoUnits: Record<string, number> = { h: 3_600_000, d: 24 * 3_600_000 };

/**
 * A date is the beginning of its day, in UTC; `7d` is the beginning of the day a week ago, `36h` of that hour. Null for
 * anything else.
 */
export function readTime(text: string, now = Date.now()): number | null {
  const [, amount, unit = ""] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const unitMs = agoUnits[unit];
  if (unitMs) return Math.floor(now / unitMs) * unitMs - Number(amount) * unitMs;
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const time = isDate || isTime ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}
