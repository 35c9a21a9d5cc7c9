// One line of Envoy's log, read. Everything in it may be absurd: a client chose its request's id, a provider its
// counts. What is no line of the ledger's log at all is null.

export interface Entry {
  id: string;
  startedAt: number;
  fields: Fields;
}

/** Texts longer than this are cut: they are names and reasons, and whoever wants to can make them long. */
const textLengthMax = 512;
/** No request has more tokens; a provider that says so has told nothing. */
const countMax = 2 ** 40;
/** Milliseconds; for times it is a year. */
const durationMax = 366 * 24 * 3_600_000;

/** A line's fields, each read as what it is meant to be. */
export class Fields {
  readonly #fields: Record<string, unknown>;

  constructor(fields: Record<string, unknown>) {
    this.#fields = fields;
  }

  /** Empty where there is none. PostgreSQL takes no NUL. */
  text(name: string): string {
    const value = this.#fields[name];
    const text = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
    return text.replaceAll("\0", "").slice(0, textLengthMax).toWellFormed();
  }

  /** A text of any length; null where there is none. */
  longText(name: string): string | null {
    const value = this.#fields[name];
    return typeof value === "string" && value !== "" ? value.replaceAll("\0", "").toWellFormed() : null;
  }

  flag(name: string): boolean {
    const value = this.#fields[name];
    return value === true || value === "true";
  }

  /** Null where there is none, or none that can be. */
  count(name: string, max: number = countMax): number | null {
    const value = this.#fields[name];
    const number = typeof value === "string" && /^\d{1,16}$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isInteger(number) && number >= 0 && number <= max ? number : null;
  }

  duration(name: string): number | null {
    return this.count(name, durationMax);
  }

  /** What an object that stands as JSON in a text has. Empty where there is none. */
  object(name: string): Fields {
    const value = this.#fields[name];
    const object = typeof value === "string" ? parse(value) : value;
    return new Fields(isObject(object) ? object : {});
  }

  /** A list that stands as JSON in a text. Empty where there is none. */
  list(name: string): unknown[] {
    const value = this.#fields[name];
    const list = typeof value === "string" ? parse(value) : value;
    return Array.isArray(list) ? (list as unknown[]) : [];
  }
}

/** Null for what is no entry. */
export function readEntry(line: string): Entry | null {
  const parsed = parse(line);
  if (!isObject(parsed)) return null;
  const fields = new Fields(parsed);
  const id = fields.text("weir.id");
  const startedAt = Date.parse(fields.text("timestamp"));
  return id === "" || Number.isNaN(startedAt) ? null : { id, startedAt, fields };
}

/** How many beginnings of an entry are looked for in a line that is none. */
const salvageMax = 8;

/**
 * A line that was begun when Envoy died goes on with the next Envoy's first one. That one is whole, and the last in the
 * line.
 */
export function salvageEntry(line: string): Entry | null {
  let at = line.length;
  for (let tries = 0; tries < salvageMax; tries++) {
    at = line.lastIndexOf('{"', at - 1);
    if (at <= 0) return null;
    const entry = readEntry(line.slice(at));
    if (entry) return entry;
  }
  return null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
