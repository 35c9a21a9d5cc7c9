// Durations as the Gateway API writes them: https://gateway-api.sigs.k8s.io/geps/gep-2257/

const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** `1m30s`. */
export function milliseconds(text: string | undefined): number {
  const parts = [...(text ?? "").matchAll(/(\d+)(h|ms|m|s)/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (units[unit] ?? 0), 0);
}
