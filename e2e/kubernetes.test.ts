// What Weir does in a Kubernetes cluster, on the real API server: see kubernetes/in-namespace.ts. The cases are in
// kubernetes/cases.
import { test } from "vitest";
import { report, runCases } from "./kubernetes/in-namespace.ts";
import { whyNot } from "./registries/servers.ts";

// One after the other: each has a cluster and an Envoy.
const ingress = await runCases("ingress");
const annotations = await runCases("annotations");
const operation = await runCases("operation");
const replicas = await runCases("replicas");
const many = await runCases("many");
const objects = await runCases("objects");
const registries = await runCases("registries", whyNot("consul") ?? whyNot("zookeeper"));

const all = [...ingress, ...annotations, ...operation, ...replicas, ...many, ...objects, ...registries];
test.for(all)("$name", (result, context) => report(result, context));
