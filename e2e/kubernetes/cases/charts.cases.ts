// The chart and the plain manifests on the real API server, at the strictest Pod Security level. That their pods run
// is tried elsewhere.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseConfig } from "../../../control/src/config/load-config.ts";
import { ApiError, KubernetesApi } from "../../../control/src/kubernetes/api.ts";
import {
  chart,
  plainFile,
  read,
  render,
  renderPlain,
  rightsFile,
  variants,
  withValues,
  type Rendered,
} from "../chart.ts";
import { Cluster } from "../cluster.ts";
import { applyDefinitions } from "../definitions.ts";
import { helm } from "../helm.ts";
import { buildKubetest } from "../kubetest.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-charts-"));
let cluster: Cluster;
let api: KubernetesApi;

beforeAll(async () => {
  const programs = buildKubetest();
  cluster = await Cluster.start(programs, join(folder, "cluster"));
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  api = new KubernetesApi(config);
  await applyDefinitions(programs, api);
  await createNamespace("weir-system");
});
afterAll(async () => {
  await cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Whose pods must be of the level `restricted`. */
async function createNamespace(name: string): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
  await api.ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
}

/** Refuses fields that the API server does not know. */
async function put(object: Rendered, query: string): Promise<unknown> {
  const path = await pathOf(object);
  const all = `fieldManager=test&force=true&fieldValidation=Strict${query}`;
  return api.ask("PATCH", `${path}?${all}`, object, "application/apply-patch+yaml");
}

async function pathOf({ apiVersion, kind, metadata }: Rendered): Promise<string> {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { resources } = (await api.ask("GET", root)) as {
    resources: { name: string; kind: string; namespaced: boolean }[];
  };
  const resource = resources.find((one) => one.kind === kind && !one.name.includes("/"));
  if (!resource) throw new Error(`The cluster has no ${kind}`);
  const place = resource.namespaced ? `/namespaces/${metadata.namespace}` : "";
  return `${root}${place}/${resource.name}/${metadata.name}`;
}

/** What the API server says of each object; empty where it takes all. */
async function complaints(objects: Rendered[], query: string): Promise<string[]> {
  const said: string[] = [];
  for (const object of objects) {
    await put(object, query).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      said.push(`${object.kind} ${object.metadata.name}: ${error.message}`);
    });
  }
  return said;
}

function find<T>(objects: Rendered[], kind: string, name: string): T {
  return objects.find((object) => object.kind === kind && object.metadata.name === name) as T;
}

describe.each(Object.entries(variants))("the chart with %s", (_, values) => {
  test("has nothing that Helm minds", () => {
    withValues(values, (file) => helm(["lint", chart, "--strict", "--quiet", "--values", file]));
  });

  test("has objects that the API server takes, every field of them", async () => {
    const objects = render(values);
    expect(objects.length).toBeGreaterThan(10);
    expect(await complaints(objects, "&dryRun=All")).toEqual([]);
  });

  test("has a configuration that Weir takes", () => {
    const { data } = find<{ data: Record<string, string> }>(render(values), "ConfigMap", "weir-config");
    const env = { WEIR_LIMITS_TOKEN: "a-token-of-the-test-of-charts" };
    const { problems } = parseConfig(data["weir.yaml"]!, "weir.yaml", { env, readFile: () => "" });
    expect(problems).toEqual([]);
  });
});

interface Workload {
  status?: { replicas?: number; conditions?: { type: string; status: string; message?: string }[] };
}

/** The pods that the controllers have made; the reason of it where they may not. */
function podsOf(namespace: string, count: number): Promise<void> {
  return vi.waitFor(
    async () => {
      const list = async (path: string) =>
        ((await api.ask("GET", `${path}`)) as { items: (Rendered & Workload)[] }).items;
      const sets = await list(`/apis/apps/v1/namespaces/${namespace}/replicasets`);
      const refused = sets.flatMap(({ status }) => status?.conditions ?? []).map(({ message }) => message);
      expect(refused).toEqual([]);
      expect(await list(`/api/v1/namespaces/${namespace}/pods`)).toHaveLength(count);
    },
    { timeout: 20_000, interval: 200 },
  );
}

test("Helm installs and upgrades it, and its pods are of the level restricted; what it made by chance stays", async () => {
  await createNamespace("by-helm");
  const env = {
    KUBECONFIG: cluster.kubeconfig,
    HELM_CACHE_HOME: folder,
    HELM_CONFIG_HOME: folder,
    HELM_DATA_HOME: folder,
  };
  const values = {
    limits: { enabled: true, redisUrl: "redis://redis.default.svc:6379" },
    envoy: { autoscaling: { enabled: false } },
  };
  const at = ["edge", chart, "--namespace", "by-helm"];
  const notes = withValues(values, (file) => helm(["install", ...at, "--values", file], env));
  expect(notes).toContain("rollout status deployment/edge-envoy");
  await podsOf("by-helm", 6);
  const secrets = async (): Promise<unknown> => {
    const { items } = (await api.ask("GET", "/api/v1/namespaces/by-helm/secrets")) as {
      items: { data: object; type: string }[];
    };
    return items.filter(({ type }) => !type.startsWith("helm.sh")).map(({ data }) => data);
  };
  const before = await secrets();
  expect(before).toHaveLength(4);
  withValues({ ...values, control: { replicas: 3 } }, (file) => helm(["upgrade", ...at, "--values", file], env));
  expect(await secrets()).toEqual(before);
  helm(["uninstall", "edge", "--namespace", "by-helm"], env);
});

test("its rights are those of rbac.yaml", () => {
  const rights = /^(ServiceAccount|(Cluster)?Role(Binding)?)$/;
  const bare = (objects: Rendered[]) =>
    objects
      .filter(({ kind }) => rights.test(kind))
      .map(({ kind, metadata: { name, namespace }, rules, roleRef, subjects }) => {
        return { kind, name, namespace, rules, roleRef, subjects };
      })
      .sort((a, b) => a.kind.localeCompare(b.kind));
  expect(bare(render({}))).toEqual(bare(read(readFileSync(rightsFile, "utf8"))));
});

test.each([
  ["an unknown value", { envoy: { replica: 2 } }, /additional propert/i],
  ["a kind that there is not", { envoy: { kind: "StatefulSet" } }, /kind/],
  ["a port that is taken", { envoy: { service: { ports: [{ name: "admin", port: 9901 }] } } }, /ports/],
  ["limits without a Redis", { limits: { enabled: true } }, /limits/],
])("%s is refused", (_, values, reason) => {
  expect(() => render(values)).toThrow(reason);
});

describe("the plain manifests", () => {
  test("are what the chart is with their values", () => {
    expect(readFileSync(plainFile, "utf8")).toBe(renderPlain());
  });

  test("are taken by the API server, and make pods of the level restricted", async () => {
    const objects = [rightsFile, plainFile].flatMap((file) => read(readFileSync(file, "utf8")));
    expect(await complaints(objects, "")).toEqual([]);
    // Of Envoys one alone: who would scale them does not run here.
    await podsOf("weir-system", 3);
  });
});
