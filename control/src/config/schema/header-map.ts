// Mappings of header names to values: those that are set for a provider and those that a route asks for.
import { readHeaderName, readHeaderValue, readMatchedHeaderName } from "./http.ts";
import { entries } from "./map.ts";
import { Mistake } from "./scalar.ts";

const form = { form: "mapping of header to value", additionalProperties: { type: "string" } };

/** Headers to set on a request. */
export const headersToSet = () => entries(form, { key: readHeaderName, value: readValue });

/** Headers that a request must have. */
export const headersToMatch = () => entries(form, { key: readMatchedHeaderName, value: readValue });

function readValue(value: unknown): string | Mistake {
  if (typeof value === "string") return readHeaderValue(value);
  return new Mistake("must be text", "Put the value in quotes");
}
