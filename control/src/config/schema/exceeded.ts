// `onExceeded` of limits and budgets: what becomes of a request that is too much.
import { z } from "zod";
import { Mistake, text } from "./scalar.ts";

/** It stands in a header, and in lists with blanks between their parts. */
const model = text((value) => {
  if (/^[\x21-\x7e]{1,256}$/.test(value)) return value;
  return new Mistake("is no name of a model", "Write a name without blanks, of at most 256 characters");
});

export const onExceeded = () =>
  z
    .strictObject({
      model: model
        .describe(
          "A model that clients may ask for, by that name. A chat request that is too much is served by it instead: requests for anything else are refused.",
        )
        .meta({ sample: "gpt-4.1-mini" }),
    })
    .optional()
    .describe("What is done in place of refusing.");
