// Secrets as values that print themselves redacted.
import { inspect } from "node:util";

const redacted = "[redacted]";

/** Where a secret's value comes from. Only an environment variable can be read by Envoy itself. */
export type SecretSource = { kind: "env"; name: string } | { kind: "file"; path: string } | { kind: "literal" };

/** A value that no printer shows. Only `reveal` gives it out, so every place that does is found by its name. */
export class Secret {
  readonly #value: string;
  readonly source: SecretSource;

  constructor(value: string, source: SecretSource) {
    this.#value = value;
    this.source = source;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
