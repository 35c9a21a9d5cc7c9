// What an annotation is: a name, and how its value changes the settings of its Ingress.
import type { IngressSettings } from "./settings.ts";

/** Fills in `settings`; a text says what is wrong with the value, which then counts as not given. */
export type Apply = (settings: IngressSettings, value: string, rest: string) => string | undefined;

/** By name without prefix; one that ends in `-` has a name of the user's behind it, which is `rest`. */
export type Annotations = Record<string, Apply>;

export function flag(set: (settings: IngressSettings, value: boolean) => void): Apply {
  return (settings, value) => {
    if (value !== "true" && value !== "false") return "must be true or false";
    set(settings, value === "true");
    return undefined;
  };
}

export function integer(set: (settings: IngressSettings, value: number) => void, min = 0): Apply {
  return (settings, value) => {
    const number = Number(value.trim());
    if (value.trim() === "" || !Number.isSafeInteger(number) || number < min) return `must be a number from ${min} on`;
    set(settings, number);
    return undefined;
  };
}

/** What no header and no path may have. */
export function hasControl(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\x7f");
}

export function word(set: (settings: IngressSettings, value: string) => void): Apply {
  return (settings, value) => {
    if (value.trim() === "") return "is empty";
    if (hasControl(value.trim())) return "must be one line of plain text";
    set(settings, value.trim());
    return undefined;
  };
}

/** RFC 9110, 5.6.2: what names of headers and cookies are made of. Envoy refuses all routes for one other. */
export function isToken(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/** A header's or a cookie's name. */
export function token(set: (settings: IngressSettings, value: string) => void): Apply {
  return (settings, value) => {
    if (!isToken(value.trim())) return "must be a name of letters, digits and signs such as -";
    set(settings, value.trim());
    return undefined;
  };
}

export function choice<T extends string>(
  choices: readonly T[],
  set: (settings: IngressSettings, value: T) => void,
): Apply {
  return (settings, value) => {
    const chosen = choices.find((one) => one === value.trim());
    if (chosen === undefined) return `must be one of ${choices.join(", ")}`;
    set(settings, chosen);
    return undefined;
  };
}

/** Items between commas, or between spaces. */
export function items(value: string, separator: RegExp = /[,\s]+/): string[] {
  return value
    .split(separator)
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
