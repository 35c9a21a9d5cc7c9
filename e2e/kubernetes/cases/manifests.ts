// Ingresses and their certificates, shortly.
import { selfSigned } from "../cluster.ts";
import type { Manifest } from "./bed.ts";

export interface Path {
  path?: string;
  type?: "Exact" | "Prefix" | "ImplementationSpecific";
  /** A Service, at its port `http`. */
  to: string;
  port?: { name: string } | { number: number };
}

export interface IngressParts {
  /** By host; an empty one is any. */
  hosts?: Record<string, Path[]>;
  fallback?: string;
  tls?: { hosts?: string[]; secretName?: string }[];
  annotations?: Record<string, string>;
  /** Null: none. */
  ingressClass?: string | null;
}

export function ingress(name: string, parts: IngressParts): Manifest {
  const { hosts = {}, fallback, tls, annotations = {}, ingressClass = "weir" } = parts;
  const rules = Object.entries(hosts).map(([host, paths]) => ({
    ...(host !== "" && { host }),
    http: {
      paths: paths.map(({ path = "/", type = "Prefix", to, port }) => ({
        path,
        pathType: type,
        backend: backendOf(to, port),
      })),
    },
  }));
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, annotations },
    spec: {
      ...(ingressClass !== null && { ingressClassName: ingressClass }),
      ...(rules.length > 0 && { rules }),
      ...(tls && { tls }),
      ...(fallback && { defaultBackend: backendOf(fallback) }),
    },
  };
}

function backendOf(name: string, port: Path["port"] = { name: "http" }) {
  return { service: { name, port } };
}

export function ingressClass(name: string, controller: string): Manifest {
  return { apiVersion: "networking.k8s.io/v1", kind: "IngressClass", metadata: { name }, spec: { controller } };
}

/** A Secret with a certificate for the hosts, whose subject is the first of them. */
export function certificate(folder: string, name: string, hosts: string[]): Manifest {
  const { certificate: crt, key } = selfSigned(folder, name, hosts);
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name },
    type: "kubernetes.io/tls",
    data: { "tls.crt": base64(crt), "tls.key": base64(key) },
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
