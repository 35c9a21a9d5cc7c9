// Runs the pods of the chart on the built images: their programs with the arguments, variables and files that the chart
// gives them, their probes, and what stops them. Without Helm it is left out.
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { render, type Rendered } from "../kubernetes/chart.ts";
import { findHelm } from "../kubernetes/helm.ts";
import { answersChat, ask, becomes, ended, runOnce, say, start } from "./container.ts";
import type { Image } from "./image-build.ts";

interface Container {
  name: string;
  command?: string[];
  args: string[];
  env: { name: string; value?: string; valueFrom?: Source }[];
  ports?: { name: string; containerPort: number }[];
  resources: { limits: { memory: string } };
  readinessProbe: Probe;
  startupProbe: Probe;
  lifecycle?: { preStop: { exec: { command: string[] } } };
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface Source {
  secretKeyRef?: { name: string; key: string };
  fieldRef?: { fieldPath: string };
  resourceFieldRef?: { containerName: string; resource: string };
}

interface Probe {
  httpGet: { path: string; port: string };
}

interface Volume {
  name: string;
  configMap?: { name: string };
  secret?: { secretName: string; items?: { key: string; path: string }[] };
}

interface Pod {
  initContainers?: Container[];
  containers: Container[];
  volumes: Volume[];
}

const values = {
  // Without a cluster.
  config: {
    kubernetes: null,
    gateway: { address: "0.0.0.0", port: 8080 },
    providers: [{ name: "play", type: "simulated" }],
    routes: [{ name: "all", models: ["*"], targets: [{ provider: "play" }] }],
  },
  envoy: { drainSeconds: 3 },
};

export async function tryChart(control: Image, data: Image, folder: string): Promise<void> {
  if (!findHelm()) return say(true, "the chart's pods are left out, for Helm is not built");
  const objects = render(values);
  const [plane, envoy] = ["weir-control", "weir-envoy"].map((name) => podOf(objects, name)) as [Pod, Pod];
  const own = (name: string) => join(folder, "volumes", name);
  const controlPod = new RunningPod({ pod: plane, objects, folder: own("control") });
  const envoyPod = new RunningPod({ pod: envoy, objects, folder: own("envoy") });
  const main = { control: plane.containers[0]!, envoy: envoy.containers[0]! };
  const init = envoyPod.image(control, envoy.initContainers![0]!);
  runOnce(init, [...init.entrypoint, ...init.command]);
  const serving = start(envoyPod.image(data, main.envoy));
  const isReady = (container: Container) => () => isOk(container.readinessProbe, container);
  say(!isReady(main.envoy)(), "chart: an Envoy without a control plane is not ready");
  const controlling = start(controlPod.image(control, main.control));
  say(await becomes(isReady(main.control)), "chart: the control plane is ready");
  say(await becomes(isReady(main.envoy)), "chart: the Envoy is ready once it has its configuration");
  say(
    isOk(main.envoy.startupProbe, main.envoy) && isOk(main.control.startupProbe, main.control),
    "chart: both have started",
  );
  say(answersChat(), "chart: a request is answered");
  say(ask("127.0.0.1:18002/stats/prometheus").includes("envoy_server_live"), "chart: metrics are there for others");
  say(!ask("127.0.0.1:18002/config_dump").includes("configs"), "chart: the configuration is not");
  await ended(controlling);
  const stop = runOnce(envoyPod.image(data, main.envoy), main.envoy.lifecycle!.preStop.exec.command);
  say(stop.startsWith("HTTP/1.1 200"), "chart: the Envoy drains before it stops");
  say((await ended(serving)) === 0, "chart: the Envoy stops");
}

function podOf(objects: Rendered[], name: string): Pod {
  const found = objects.find((object) => object.kind === "Deployment" && object.metadata.name === name);
  return (found as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

/** What a pod knows of itself; its node has no zone, as before Kubernetes 1.35. */
const fields: Record<string, string> = {
  "metadata.name": "weir-envoy-0",
  "spec.nodeName": "this-node",
  "metadata.labels['topology.kubernetes.io/zone']": "",
};

interface PodParts {
  pod: Pod;
  objects: Rendered[];
  /** Of its volumes. */
  folder: string;
}

class RunningPod {
  readonly #parts: PodParts;

  constructor(parts: PodParts) {
    this.#parts = parts;
  }

  /** The image with what the pod gives to the container. */
  image(image: Image, container: Container): Image {
    execFileSync("mount", ["-o", "remount,rw,bind", image.root]);
    for (const { name, mountPath, readOnly } of container.volumeMounts) {
      const from = this.#volume(name, image.user);
      const to = join(image.root, mountPath);
      mkdirSync(to, { recursive: true });
      execFileSync("mount", ["--bind", from, to]);
      if (readOnly) execFileSync("mount", ["-o", "remount,ro,bind", to]);
    }
    appendFileSync(join(image.root, "etc/hosts"), "127.0.0.1 weir-control.weir-system.svc\n");
    execFileSync("mount", ["-o", "remount,ro,bind", image.root]);
    const env = this.#environment(container);
    const command = container.args.map((arg) => arg.replaceAll(/\$\((\w+)\)/g, (_, name: string) => env[name]!));
    return { ...image, env: { ...image.env, ...env }, entrypoint: container.command ?? image.entrypoint, command };
  }

  #environment({ env }: Container): Record<string, string> {
    return Object.fromEntries(env.map(({ name, value, valueFrom }) => [name, value ?? this.#valueOf(valueFrom!)]));
  }

  #valueOf({ secretKeyRef, fieldRef, resourceFieldRef }: Source): string {
    if (secretKeyRef) return this.#secret(secretKeyRef.name)[secretKeyRef.key]!.toString();
    const field = fields[fieldRef?.fieldPath ?? ""];
    if (field !== undefined) return field;
    const named = this.#parts.pod.containers.find(({ name }) => name === resourceFieldRef?.containerName);
    const [, number, unit] = /^(\d+)(Mi|Gi)$/.exec(named?.resources.limits.memory ?? "") ?? [];
    if (!number) throw new Error(`There is no value for ${JSON.stringify({ fieldRef, resourceFieldRef })}`);
    return String(Number(number) * (unit === "Gi" ? 2 ** 30 : 2 ** 20));
  }

  #secret(name: string): Record<string, Buffer> {
    const { data } = this.#find<{ data: Record<string, string> }>("Secret", name);
    return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64")]));
  }

  #find<T>(kind: string, name: string): T {
    const found = this.#parts.objects.find((object) => object.kind === kind && object.metadata.name === name);
    if (!found) throw new Error(`The chart refers to a ${kind} ${name} that it does not have`);
    return found as T;
  }

  #volume(name: string, user: string): string {
    const volume = this.#parts.pod.volumes.find((one) => one.name === name);
    if (!volume) throw new Error(`The chart mounts a volume ${name} that it does not have`);
    const folder = join(this.#parts.folder, name);
    mkdirSync(folder, { recursive: true });
    for (const [file, content] of this.#files(volume)) writeFileSync(join(folder, file), content);
    execFileSync("chown", ["-R", user, folder]);
    return folder;
  }

  #files({ configMap, secret }: Volume): [string, Buffer | string][] {
    if (configMap)
      return Object.entries(this.#find<{ data: Record<string, string> }>("ConfigMap", configMap.name).data);
    if (!secret) return [];
    const content = this.#secret(secret.secretName);
    const items = secret.items ?? Object.keys(content).map((key) => ({ key, path: key }));
    return items.map(({ key, path }) => [path, content[key]!]);
  }
}

function isOk({ httpGet }: Probe, { ports = [] }: Container): boolean {
  const port = ports.find(({ name }) => name === httpGet.port)?.containerPort;
  return ask("-o", "/dev/null", "-w", "%{http_code}", `127.0.0.1:${port}${httpGet.path}`) === "200";
}
