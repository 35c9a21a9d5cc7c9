// Higress's WasmPlugins on the real API server: see kubernetes/in-namespace.ts; the cases are in kubernetes/cases.
import { test } from "vitest";
import { report, runCases } from "./kubernetes/in-namespace.ts";

test.for(await runCases("wasmplugin"))("$name", (result, context) => report(result, context));
