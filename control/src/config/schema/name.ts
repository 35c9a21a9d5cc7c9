// Names of providers and routes. They become names of Envoy clusters and labels of metrics, hence the narrow form.
import { Mistake, text } from "./scalar.ts";

export const namePattern = /^[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?$/;

export const name = () =>
  text(
    (name) => {
      if (namePattern.test(name)) return name;
      return new Mistake(
        "is not a usable name",
        "Use 1 to 63 letters, digits, hyphens and underscores, with a letter or digit at both ends",
      );
    },
    { form: "name" },
  );
