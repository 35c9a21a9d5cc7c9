// What Weir does in a Kubernetes cluster, on the real API server: see kubernetes/in-namespace.ts. The cases are in
// kubernetes/cases.
import { test } from "vitest";
import { report, runCases } from "./kubernetes/in-namespace.ts";

test.for(await runCases("ingress"))("$name", (result, context) => report(result, context));
