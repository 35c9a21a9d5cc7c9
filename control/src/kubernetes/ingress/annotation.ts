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

export function word(set: (settings: IngressSettings, value: string) => void): Apply {
  return (settings, value) => {
    if (value.trim() === "") return "is empty";
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
