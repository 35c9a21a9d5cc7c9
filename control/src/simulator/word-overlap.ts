// How relevant the simulated reranker finds a text.

/** The share of the query's words that the text has. */
export function wordOverlap(query: string, text: string): number {
  const words = query.toLowerCase().match(/\w+/g) ?? [];
  const found = new Set(text.toLowerCase().match(/\w+/g));
  return words.length === 0 ? 0 : words.filter((word) => found.has(word)).length / words.length;
}
