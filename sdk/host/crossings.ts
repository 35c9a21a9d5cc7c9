// Counts how often a plugin and its host call each other: each costs Envoy some tenths of a microsecond, and one that
// gives bytes, for which the host calls back for memory, several times that.
export class Crossings {
  readonly #counts = new Map<string, number>();

  /** One of the plugin's exports, or of the host's functions, was called. */
  count(name: string): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  }

  /** So far, by name. */
  get counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Ways into the plugin, its calls out, and the host's calls back for memory, one for each answer in bytes. */
  get sums(): { in: number; out: number; memory: number } {
    const sum = (isWanted: (name: string) => boolean): number =>
      [...this.#counts].reduce((total, [name, count]) => total + (isWanted(name) ? count : 0), 0);
    const isIn = (name: string): boolean => name.startsWith("proxy_on_");
    return { in: sum(isIn), out: sum((name) => name !== "malloc" && !isIn(name)), memory: sum((n) => n === "malloc") };
  }

  clear(): void {
    this.#counts.clear();
  }
}
