// A mapping whose keys are the user's own words: headers, model names. Each key and each value is read by itself, so
// that every mistake in it is reported at its own place.
import { z } from "zod";
import { findUnprintable, kindOf, Mistake, type ScalarForm } from "./scalar.ts";

export interface Entry<T> {
  /** As written, the last step of the entry's path. */
  given: string;
  /** As read, such as a header's name in lower case. */
  key: string;
  value: T;
}

interface EntryReader<T> {
  key(given: string): string | Mistake;
  value(value: unknown, key: string): T | Mistake;
}

/** `form` is the JSON Schema of the whole mapping. Two keys that read the same are a mistake. */
export function entries<T>(form: ScalarForm & Record<string, unknown>, reader: EntryReader<T>) {
  return z
    .unknown()
    .transform((value, context): Entry<T>[] => {
      const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
      if (isMap) return new EntriesReader(reader, context).read(value as Record<string, unknown>);
      const fix = "Write its fields as name: value, indented below it";
      const message = value === null ? "is empty" : `must be a mapping, not ${kindOf(value)}`;
      context.addIssue({ code: "custom", message, params: { fix } });
      return z.NEVER;
    })
    .meta({ ...form, type: "object" });
}

class EntriesReader<T> {
  readonly #reader: EntryReader<T>;
  readonly #context: z.core.$RefinementCtx<unknown>;
  readonly #seen = new Set<string>();

  constructor(reader: EntryReader<T>, context: z.core.$RefinementCtx<unknown>) {
    this.#reader = reader;
    this.#context = context;
  }

  read(map: Record<string, unknown>): Entry<T>[] {
    return Object.entries(map).flatMap(([given, value]) => {
      const entry = this.#entry(given, value);
      return entry ? [entry] : [];
    });
  }

  #entry(given: string, raw: unknown): Entry<T> | null {
    const key = this.#key(given);
    if (key instanceof Mistake) return this.#report(given, key, { isAboutKey: true });
    const value = this.#value(raw, key);
    if (value instanceof Mistake) return this.#report(given, value, { isAboutKey: false });
    return { given, key, value };
  }

  #value(raw: unknown, key: string): T | Mistake {
    if (raw === null) return new Mistake("is empty", "Write a value, or remove the line");
    return (typeof raw === "string" ? findUnprintable(raw) : null) ?? this.#reader.value(raw, key);
  }

  #key(given: string): string | Mistake {
    const key = findUnprintable(given) ?? this.#reader.key(given);
    if (key instanceof Mistake) return key;
    if (this.#seen.has(key)) return new Mistake("is given twice, in another case", "Keep one of the two");
    this.#seen.add(key);
    return key;
  }

  #report(given: string, { message, fix }: Mistake, about: { isAboutKey: boolean }): null {
    this.#context.addIssue({ code: "custom", message, path: [given], params: { fix, ...about } });
    return null;
  }
}
