// The options of an import that leaves nothing out.
import type { ImportOptions } from "../import-openapi.ts";

/** Everything of a document, as it stands. */
export const allOperations: ImportOptions = {
  name: null,
  server: null,
  variables: {},
  security: null,
  tags: [],
  operations: [],
  excluded: [],
  prefix: "",
  skipsDeprecated: false,
  hasOutputSchemas: true,
};
