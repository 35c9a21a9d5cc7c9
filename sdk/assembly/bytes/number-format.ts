// A number as JavaScript and JSON write it. The digits come from AssemblyScript's own Grisu2.

/**
 * `value` in decimal, as JavaScript's `String(value)` writes it, so that parsing gives the same number again;
 * `null` for what JSON cannot say (NaN, the infinities).
 */
export function formatNumber(value: f64): string {
  if (!isFinite(value)) return "null";
  // The negative zero is written as JSON.stringify does.
  if (value == 0) return "0";
  const text = value.toString();
  return text.endsWith(".0") ? text.substring(0, text.length - 2) : text;
}
