// The Helm chart and the plain manifests, on the real API server: the cases are in kubernetes/cases/charts.cases.ts.
import { test } from "vitest";
import { findHelm, helmMissing } from "./kubernetes/helm.ts";
import { report, runCases } from "./kubernetes/in-namespace.ts";

const missing = { name: "charts in a cluster", skipped: helmMissing, failure: null };

test.for(findHelm() ? await runCases("charts") : [missing])("$name", (result, context) => report(result, context));
