// Weir's own objects, shortly.
import type { Manifest } from "./bed.ts";
import { base64 } from "./manifests.ts";

export const group = "weir.dev/v1alpha1";

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  observedGeneration: number;
}

export function own(kind: string, name: string, spec: object, namespace = "default"): Manifest {
  return { apiVersion: group, kind, metadata: { name, namespace }, spec };
}

export function secret(name: string, data: Record<string, string>): Manifest {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, data: encoded };
}
