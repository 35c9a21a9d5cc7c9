// The chart of deploy/helm as its variants are rendered, and the plain manifests that are made of it:
// `node e2e/kubernetes/chart.ts` writes those.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { helm } from "./helm.ts";

const deploy = join(import.meta.dirname, "..", "..", "deploy");
export const chart = join(deploy, "helm", "weir");
export const plainFile = join(deploy, "kubernetes", "weir.yaml");
export const rightsFile = join(deploy, "kubernetes", "rbac.yaml");
export const gatewayApi = "gateway.networking.k8s.io/v1";

export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

/** Values by the variant's name; each differs from the defaults in what it says. */
export const variants: Record<string, object> = {
  "as it comes": {},
  "a DaemonSet": { envoy: { kind: "DaemonSet", service: { type: "ClusterIP" } } },
  "limits counted together": { limits: { enabled: true, redisUrl: "redis://redis.default.svc:6379" } },
  "Secrets of others": {
    xds: { tokenSecret: "their-token", tlsSecret: "their-tls" },
    limits: { enabled: true, redisSecret: "their-redis", tokenSecret: "their-limits" },
  },
  "everything else": {
    config: {
      gateway: { address: "0.0.0.0", port: 9000 },
      kubernetes: { alsoServe: ["nginx"], publishedAddresses: ["gateway.example.com"] },
    },
    control: {
      replicas: 3,
      image: { repository: "registry.example.com/weir-control", tag: "1.2.3", pullPolicy: "Always" },
      env: [{ name: "OPENAI_API_KEY", valueFrom: { secretKeyRef: { name: "keys", key: "openai" } } }],
      envFrom: [{ secretRef: { name: "keys" } }],
      podAnnotations: { "example.com/team": "gateways" },
      resources: {},
    },
    envoy: {
      autoscaling: { enabled: false },
      replicas: 5,
      drainSeconds: 120,
      service: {
        type: "NodePort",
        annotations: { "example.com/load-balancer": "internal" },
        externalTrafficPolicy: "Cluster",
        ports: [
          { name: "http", port: 80 },
          { name: "ai", port: 9000 },
        ],
      },
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [{ key: "edge", operator: "Exists", effect: "NoSchedule" }],
      affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
      resources: {},
    },
    serviceAccount: { annotations: { "example.com/role": "weir" } },
    ingressClass: { name: "edge", default: true },
    gatewayClass: { name: "edge" },
    networkPolicy: { metricsFrom: [{ namespaceSelector: { matchLabels: { name: "monitoring" } } }] },
    imagePullSecrets: [{ name: "registry" }],
    priorityClassName: "system-cluster-critical",
  },
  "as little as can be": {
    networkPolicy: { enabled: false },
    podDisruptionBudget: { enabled: false },
    ingressClass: { enabled: false },
    gatewayClass: { enabled: false },
    config: { gateway: { address: "0.0.0.0" } },
  },
};

/** Puts the values in a file for as long as `use` takes. */
export function withValues<T>(values: object, use: (file: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "weir-values-"));
  try {
    const file = join(folder, "values.yaml");
    writeFileSync(file, stringify(values));
    return use(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function render(values: object, ...more: string[]): Rendered[] {
  const args = ["template", "weir", chart, "--namespace", "weir-system", "--api-versions", gatewayApi, ...more];
  return read(withValues(values, (file) => helm([...args, "--values", file])));
}

export function read(text: string): Rendered[] {
  return parseAllDocuments(text).flatMap((document) => (document.toJS() as Rendered | null) ?? []);
}

const heading = `# Weir in a cluster without Helm: control plane, Envoys, and what the two need. It wants the account of rbac.yaml and two
# Secrets, which docs/kubernetes.md makes. Made of deploy/helm/weir with values.yaml by e2e/kubernetes/chart.ts.
`;

/** All but the account, which has its own file, and the label of who has made it. */
export function renderPlain(): string {
  const args = ["template", "weir", chart, "--namespace", "weir-system", "--api-versions", gatewayApi];
  const objects = read(helm([...args, "--values", join(deploy, "kubernetes", "values.yaml")]));
  const rights = /^(ServiceAccount|(Cluster)?Role(Binding)?)$/;
  const documents = objects.filter(({ kind }) => !rights.test(kind)).map((object) => stringify(unmanaged(object)));
  return heading + documents.map((text) => `---\n${text}`).join("");
}

function unmanaged<T>(value: T): T {
  if (Array.isArray(value)) return value.map(unmanaged) as T;
  if (value === null || typeof value !== "object") return value;
  const fields = Object.entries(value).filter(([name]) => !/^(app\.kubernetes\.io\/managed-by)$/.test(name));
  return Object.fromEntries(fields.map(([name, field]) => [name, unmanaged(field)])) as T;
}

if (process.argv[1] === import.meta.filename) writeFileSync(plainFile, renderPlain());
