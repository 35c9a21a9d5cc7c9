// The single values a configuration is made of, each read from YAML with a message and a fix of its own. A number or
// a flag may also be text, since a reference such as `${PORT}` is text.
import { z } from "zod";
import { didYouMean } from "../did-you-mean.ts";

/** What is wrong with one value. Never holds the value itself, which may be secret. */
export class Mistake {
  readonly message: string;
  readonly fix: string;

  constructor(message: string, fix: string) {
    this.message = message;
    this.fix = fix;
  }
}

/** JSON Schema of the form as written, and what the reference page shows. */
export interface ScalarForm {
  /** The type's name on the reference page. */
  form: string;
  type?: string | string[];
  pattern?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
}

/** A field whose value `read` turns into a `T`, or into what is wrong with it. */
export function scalar<T>(form: ScalarForm, read: (value: unknown) => T | Mistake) {
  return z
    .unknown()
    .transform((value, context): T => {
      const result = value === undefined ? missing : value === null ? empty : read(value);
      if (!(result instanceof Mistake)) return result;
      context.addIssue({ code: "custom", message: result.message, params: { fix: result.fix } });
      return z.NEVER;
    })
    .meta({ ...form });
}

const missing = new Mistake("is missing", "Add it");
const empty = new Mistake("is empty", "Write a value, or remove the line");

/** How a value of the wrong type is named in a message. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return { string: "text", number: "a number", boolean: "true or false" }[typeof value as string] ?? "something else";
}

/** What neither HTTP, nor JSON, nor a terminal carries as it is: control characters and halves of characters. */
export function findUnprintable(text: string): Mistake | null {
  const isPrintable = text.isWellFormed() && !/[\u0000-\u001f\u007f-\u009f]/.test(text);
  return isPrintable
    ? null
    : new Mistake("has an unprintable character in it", "Look for line breaks and odd escapes, and remove them");
}

export function text(read: (text: string) => string | Mistake = (text) => text, form: Partial<ScalarForm> = {}) {
  return scalar({ form: "text", type: "string", ...form }, (value) => {
    if (typeof value === "string") return value === "" ? empty : (findUnprintable(value) ?? read(value));
    const fix = typeof value === "object" ? "Write text here" : "Put the value in quotes";
    return new Mistake(`must be text, not ${kindOf(value)}`, fix);
  });
}

/** A value that is one of some words; `otherwise` is the advice where none of them is near what was written. */
export function word<const T extends string>(words: readonly T[], otherwise = `Write one of ${words.join(", ")}`) {
  return scalar({ form: "word", type: "string", enum: [...words] }, (value) => {
    if (words.includes(value as T)) return value as T;
    if (typeof value !== "string") return new Mistake(`must be text, not ${kindOf(value)}`, otherwise);
    const meant = didYouMean(value, words);
    return new Mistake("is not a known value", meant ? `Did you mean "${meant}"?` : otherwise);
  });
}

export function integer({ min, max }: { min: number; max: number }) {
  const form = { form: "integer", type: ["integer", "string"], minimum: min, maximum: max };
  return scalar(form, (value) => {
    const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
    if (typeof number !== "number" || !Number.isInteger(number)) {
      return new Mistake("must be a whole number", `Write a whole number from ${min} to ${max}`);
    }
    if (number >= min && number <= max) return number;
    return new Mistake(`must be from ${min} to ${max}`, `Write a whole number from ${min} to ${max}`);
  });
}

export function flag() {
  return scalar({ form: "true or false", type: ["boolean", "string"] }, (value) => {
    if (typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    return new Mistake(`must be true or false, not ${kindOf(value)}`, "Write true or false, without quotes");
  });
}

/** A number or text as text; empty for anything else. */
function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

const byteUnits: Record<string, number> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
};

/** `32MiB`, `64KB`, `1000`; in bytes. */
export function byteSize({ min, max }: { min: number; max: number }) {
  const form = { form: "size in bytes", type: ["string", "integer"], pattern: "^[0-9.]+ *([KMG]i?B|B)?$|\\$\\{" };
  return scalar(form, (value) => {
    const [, amount, unit] = /^(\d{1,12}(?:\.\d{1,6})?) *([A-Za-z]*)$/.exec(textOf(value)) ?? [];
    const factor = byteUnits[(unit || "B").toUpperCase()];
    if (amount === undefined || factor === undefined) {
      return new Mistake(
        "must be a size in bytes",
        "Write a number with B, KB, MB, GB, KiB, MiB or GiB, such as 32MiB",
      );
    }
    const bytes = Math.round(Number(amount) * factor);
    if (bytes >= min && bytes <= max) return bytes;
    return new Mistake(
      `must be from ${formatBytes(min)} to ${formatBytes(max)}`,
      `Write a size such as ${formatBytes(max)}`,
    );
  });
}

function formatBytes(bytes: number): string {
  const unit = (["GiB", "MiB", "KiB"] as const).find(
    (name) => bytes > 0 && bytes % (byteUnits[name.toUpperCase()] ?? 1) === 0,
  );
  return unit ? `${bytes / byteUnits[unit.toUpperCase()]!}${unit}` : `${bytes}B`;
}

const timeUnits: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const dayMs = 24 * 3_600_000;

/** `500ms`, `30s`, `5m`, `1h`, `0`; in milliseconds, at most a day. */
export function duration({ min }: { min: number }) {
  const form = { form: "duration", type: ["string", "integer"], pattern: "^([0-9.]+ *(ms|s|m|h)|0)$|\\$\\{" };
  return scalar(form, (value) => {
    const [, amount, unit] = /^(\d{1,12}(?:\.\d{1,3})?) *(ms|s|m|h)?$/.exec(textOf(value)) ?? [];
    const isWhole = amount !== undefined && (unit !== undefined || Number(amount) === 0);
    if (!isWhole) return new Mistake("must be a duration", "Write a number with ms, s, m or h, such as 30s");
    const ms = Math.round(Number(amount) * (timeUnits[unit ?? "ms"] ?? 1));
    if (ms >= min && ms <= dayMs) return ms;
    return new Mistake(`must be from ${min}ms to 24h`, "Write a duration such as 30s");
  });
}

const ageUnits: Record<string, number> = { h: 3_600_000, d: dayMs };
const ageDaysMax = 36_500;

/** `90d`, `36h`, `forever`; in milliseconds, 0 for ever. */
export function age() {
  const form = { form: "age", type: "string", pattern: "^([1-9][0-9]* *[hd]|forever)$|\\$\\{" };
  return scalar(form, (value) => {
    if (value === "forever") return 0;
    const [, amount, unit] = /^([1-9]\d{0,6}) *([hd])$/.exec(textOf(value)) ?? [];
    const ms = Number(amount) * (ageUnits[unit ?? ""] ?? Number.NaN);
    if (ms <= ageDaysMax * dayMs) return ms;
    return new Mistake("is no age", "Write a number of days or hours, such as 90d or 36h, or forever");
  });
}
