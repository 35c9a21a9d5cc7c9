// The Gateway API's definitions, into a cluster.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubernetesApi } from "../../control/src/kubernetes/api.ts";
import type { Kubetest } from "./kubetest.ts";

/** Retries and sessions are in the experimental channel alone. */
export async function applyDefinitions({ definitions }: Kubetest, api: KubernetesApi): Promise<void> {
  const folder = join(definitions, "experimental");
  for (const file of readdirSync(folder).filter((name) => name.startsWith("gateway."))) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), "utf8"))) {
      const object = document.toJS() as { apiVersion: string; kind: string; metadata: { name: string } };
      if (object.kind !== "CustomResourceDefinition") continue;
      await api.ask("POST", `/apis/${object.apiVersion}/customresourcedefinitions`, object);
    }
  }
}
