// What Weir does in a Kubernetes cluster, on the real API server: see kubernetes/in-namespace.ts.
import { runInNamespace } from "./kubernetes/in-namespace.ts";

await runInNamespace("ingress");
