// Takes out of Envoy's words the secrets that it was sent: a refusal may quote the resource that it refuses.
import type { Secret } from "../model/secret.ts";

/** Shorter ones would also be found in plain words. */
const lengthMin = 4;

export class Redaction {
  /** Also those of earlier configurations: Envoy may still speak of them. */
  readonly #values = new Map<string, Secret>();

  /** The value, which is looked for from now on. */
  readonly reveal = (secret: Secret): string => {
    const value = secret.reveal();
    if (value.length >= lengthMin) for (const form of written(value)) this.#values.set(form, secret);
    return value;
  };

  apply(text: string): string {
    const longestFirst = [...this.#values].sort(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((rest, [value, secret]) => rest.replaceAll(value, () => String(secret)), text);
  }
}

/** As it is, and as it stands in JSON, and in JSON within JSON. */
function written(value: string): string[] {
  const escape = (text: string): string => JSON.stringify(text).slice(1, -1);
  return [value, escape(value), escape(escape(value))];
}
