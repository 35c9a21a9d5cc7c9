// `kubernetes` of the configuration → the model's.
import { isAbsolute, join } from "node:path";
import type { Kubernetes, ObjectName } from "../model/kubernetes.ts";
import type { Report } from "./report.ts";
import type { KubernetesConfig } from "./schema/kubernetes.ts";

/** Null where nothing could be served. */
export function resolveKubernetes(config: KubernetesConfig, report: Report, baseDir: string): Kubernetes | null {
  const { kubeconfig = null, publishedService, defaultCertificate, lease, ...rest } = config;
  if (rest.httpPort === rest.httpsPort) {
    const fix = "Give them different ones";
    report.error(["kubernetes", "httpsPort"], { message: "It is the port without TLS as well", fix });
    return null;
  }
  if (publishedService && rest.publishedAddresses.length > 0) {
    const message = "It is not asked, for there are publishedAddresses";
    report.warning(["kubernetes", "publishedService"], { message, fix: "Remove one of the two" });
  }
  const path = kubeconfig && !isAbsolute(kubeconfig) ? join(baseDir, kubeconfig) : kubeconfig;
  const named = { publishedService: nameOf(publishedService), defaultCertificate: nameOf(defaultCertificate) };
  return { ...rest, ...named, kubeconfig: path, lease: nameOf(lease)! };
}

/** The schema has seen that there is a slash in it. */
function nameOf(text: string | undefined): ObjectName | null {
  if (text === undefined) return null;
  const [namespace = "", name = ""] = text.split("/");
  return { namespace, name };
}
