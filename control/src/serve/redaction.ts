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
    for (const part of partsOf(value)) for (const form of written(part)) this.#values.set(form, secret);
    return value;
  };

  apply(text: string): string {
    const longestFirst = [...this.#values].sort(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((rest, [value, secret]) => rest.replaceAll(value, () => String(secret)), text);
  }
}

/** What is secret for itself: the value, and where it is a key file in JSON, the private key in it, line by line. */
function partsOf(value: string): string[] {
  const lines = /-----BEGIN [A-Z ]+-----(.*?)-----END/s.exec(value)?.[1]?.split(/\\n|\s/) ?? [];
  return [value, ...lines].filter((part) => part.length >= lengthMin);
}

/** As it is, and as it stands in JSON, and in JSON within JSON. */
function written(value: string): string[] {
  const escape = (text: string): string => JSON.stringify(text).slice(1, -1);
  return [value, escape(value), escape(escape(value))];
}
