// The Gateway API's own tests, one by one, for the features that a GatewayClass of Weir's is told to have.
import { test } from "vitest";
import { report, runConformance } from "./kubernetes/in-namespace.ts";

test.for(await runConformance())("$name", (result, context) => report(result, context));
