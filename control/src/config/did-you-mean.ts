// Finds the word that was probably meant.

/** The candidate that `word` is a likely slip or the beginning of, or null. */
export function didYouMean(word: string, candidates: readonly string[]): string | null {
  const longer = candidates.filter((candidate) => word.length > 2 && candidate.startsWith(word));
  return nearest(word, candidates) ?? (longer.length === 1 ? longer[0]! : null);
}

function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.toLowerCase().slice(0, 64);
  const distanceMax = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestDistance = distanceMax + 1;
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(previous[j]! + 1, current[j - 1]! + 1, replaced);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, beforePrevious[j - 2]! + 1);
      current.push(least);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]!;
}
