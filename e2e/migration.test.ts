// The pages on migrating: every example of theirs is tried, in kubernetes/cases/migration.cases.ts.
import { test } from "vitest";
import { report, runCases } from "./kubernetes/in-namespace.ts";

test.for(await runCases("migration"))("$name", (result, context) => report(result, context));
