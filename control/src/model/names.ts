// What clients may call models beside the names that routes serve, and what they may wish for in a request's body.

/** Holds for all routes. */
export interface Names {
  /** Public names that stand for others. */
  aliases: Alias[];
  /** Whether `provider/model` asks for the model at that provider. */
  providerNames: boolean;
  /** Whether `provider`, `models` and `providerOptions.gateway` of a body choose among a route's targets. */
  requestOptions: boolean;
  /** What `auto` stands for; null where it is a name like any other. */
  auto: Auto | null;
}

export interface Alias {
  name: string;
  model: string;
}

/** The name of the model that the rules choose. */
export const autoName = "auto";

export interface Auto {
  /** In order; the first that fits decides. */
  rules: AutoRule[];
  /** Where none does. */
  model: string;
}

/** Everything that is given must hold. */
export interface AutoRule {
  /** A regular expression, found anywhere in the last thing that the user says. */
  matches: string | null;
  tools: boolean | null;
  images: boolean | null;
  /** Estimated tokens of all texts. */
  tokensMin: number | null;
  tokensMax: number | null;
  model: string;
}

/** Whether any route may be asked for by another name than its own, so that every request has to be read. */
export function readsEveryRequest({ aliases, providerNames, requestOptions, auto }: Names): boolean {
  return aliases.length > 0 || providerNames || requestOptions || auto !== null;
}

/** `openai/key/gpt-4.1`: first as a model of `openai/key`, then as one of `openai`. */
export function behindProvider(name: string): { provider: string; model: string }[] {
  const first = name.indexOf("/");
  const second = first < 0 ? -1 : name.indexOf("/", first + 1);
  return [second, first]
    .filter((slash) => slash > 0 && slash < name.length - 1)
    .map((slash) => ({ provider: name.slice(0, slash), model: name.slice(slash + 1) }));
}
