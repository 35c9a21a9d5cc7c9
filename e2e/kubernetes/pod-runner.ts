// What a kubelet and a scheduler are to the Gateway API's tests: each pod gets a network namespace and an address, and
// the tests' echo server runs in it as a process. Its output is served where the API server looks for logs.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import {
  CoreV1Api,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type KubeConfig,
  type V1Container,
  type V1Pod,
} from "@kubernetes/client-node";
import { selfSigned } from "./cluster.ts";

const nodeName = "runner";
const kubeletPort = 10_250;
const echoImage = /echo-basic|echoserver/;
const echoPort = 3000;

export interface PodRunnerOptions {
  config: KubeConfig;
  /** The echo server's program. */
  echo: string;
  /** Its own. */
  folder: string;
}

interface Running {
  namespace: string;
  process: ChildProcess | null;
  log: { at: number; line: string }[];
}

export class PodRunner {
  readonly #options: PodRunnerOptions;
  readonly #core: CoreV1Api;
  readonly #pods = new Map<string, Running>();
  #count = 0;
  #logs: Server | null = null;

  constructor(options: PodRunnerOptions) {
    this.#options = options;
    this.#core = options.config.makeApiClient(CoreV1Api);
  }

  async start(): Promise<void> {
    mkdirSync(this.#options.folder, { recursive: true });
    await this.#registerNode();
    this.#serveLogs();
    const informer = makeInformer(this.#options.config, "/api/v1/pods", () => this.#core.listPodForAllNamespaces());
    const follow = (pod: V1Pod): void => {
      const done = pod.metadata?.deletionTimestamp ? this.#stop(pod) : this.#run(pod);
      done.catch((error: unknown) => console.error(`Pod ${keyOf(pod)}:`, error));
    };
    informer.on("add", follow);
    informer.on("update", follow);
    informer.on("delete", (pod) => void this.#stop(pod).catch(() => undefined));
    informer.on("error", () => setTimeout(() => void informer.start(), 500));
    await informer.start();
  }

  stop(): void {
    this.#logs?.close();
    for (const { process } of this.#pods.values()) process?.kill("SIGKILL");
  }

  async #registerNode(): Promise<void> {
    await this.#core.createNode({ body: { metadata: { name: nodeName }, spec: {} } });
    const room = { cpu: "64", memory: "64Gi", pods: "500" };
    const status = {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      capacity: room,
      allocatable: room,
      conditions: [condition("Ready")],
    };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);
    await this.#core.patchNodeStatus({ name: nodeName, body: { status } }, merge);
  }

  /** `GET /containerLogs/<namespace>/<pod>/<container>`, as a kubelet has it. */
  #serveLogs(): void {
    const { key, certificate } = selfSigned(this.#options.folder, "kubelet", ["localhost"]);
    this.#logs = createServer({ key, cert: certificate }, (asked, response) => {
      const { pathname, searchParams } = new URL(asked.url ?? "/", "https://kubelet");
      const [, kind, namespace, name] = pathname.split("/");
      const pod = kind === "containerLogs" ? this.#pods.get(`${namespace}/${name}`) : undefined;
      if (!pod) return void response.writeHead(404).end();
      const since = Date.parse(searchParams.get("sinceTime") ?? "") || 0;
      const lines = pod.log.filter(({ at }) => at >= since).map(({ line }) => `${line}\n`);
      response.end(lines.join(""));
    }).listen(kubeletPort, "127.0.0.1");
  }

  async #run(pod: V1Pod): Promise<void> {
    const key = keyOf(pod);
    const [container] = pod.spec?.containers ?? [];
    if (this.#pods.has(key) || !container) return;
    const number = 10 + this.#count++;
    const address = `10.244.${number >> 8}.${number & 255}`;
    const running: Running = { namespace: `pod${number}`, process: null, log: [] };
    this.#pods.set(key, running);
    await this.#bind(pod);
    const env = await this.#environment(pod, container);
    connectNamespace(running.namespace, number, address);
    if (echoImage.test(container.image ?? "")) {
      running.process = this.#spawn(running, env);
      await listening(address, echoPort);
    }
    await this.#tellRunning(pod, container, address);
  }

  async #bind(pod: V1Pod): Promise<void> {
    const { name = "", namespace = "" } = pod.metadata ?? {};
    if (pod.spec?.nodeName) return;
    const body = { metadata: { name }, target: { kind: "Node", name: nodeName } };
    await this.#core.createNamespacedPodBinding({ name, namespace, body });
  }

  #spawn({ namespace, log }: Running, env: Record<string, string>): ChildProcess {
    const child = spawn("ip", ["netns", "exec", namespace, this.#options.echo], {
      env: { PATH: process.env.PATH ?? "", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const keep = (data: Buffer): void => {
      for (const line of String(data).split("\n").filter(Boolean)) log.push({ at: Date.now(), line });
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    return child;
  }

  /** Its variables, with the paths of volumes as they are here. */
  async #environment(pod: V1Pod, container: V1Container): Promise<Record<string, string>> {
    const folders = new Map<string, string>();
    for (const { name, mountPath } of container.volumeMounts ?? []) {
      const folder = await this.#volume(pod, name);
      if (folder) folders.set(mountPath, folder);
    }
    const fields: Record<string, string> = {
      "metadata.name": pod.metadata?.name ?? "",
      "metadata.namespace": pod.metadata?.namespace ?? "",
    };
    const pairs = (container.env ?? []).map(({ name, value = "", valueFrom }) => {
      const text = fields[valueFrom?.fieldRef?.fieldPath ?? ""] ?? value;
      return [name, [...folders].reduce((result, [path, folder]) => result.replaceAll(path, folder), text)] as const;
    });
    return Object.fromEntries(pairs);
  }

  /** The files of a Secret or a ConfigMap, which may not be there yet. */
  async #volume(pod: V1Pod, name: string): Promise<string | null> {
    const volume = pod.spec?.volumes?.find((one) => one.name === name);
    const files = await this.#filesOf(pod.metadata?.namespace ?? "", volume ?? { name });
    if (!files) return null;
    const folder = join(this.#options.folder, pod.metadata?.uid ?? "", name);
    for (const [path, content] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
    return folder;
  }

  async #filesOf(
    namespace: string,
    { secret, configMap }: NonNullable<NonNullable<V1Pod["spec"]>["volumes"]>[number],
  ): Promise<[string, Buffer | string][] | null> {
    if (!secret && !configMap) return null;
    const data = await patiently(async () => {
      if (secret) return (await this.#core.readNamespacedSecret({ name: secret.secretName ?? "", namespace })).data;
      return (await this.#core.readNamespacedConfigMap({ name: configMap?.name ?? "", namespace })).data;
    });
    const decode = (text: string): Buffer | string => (secret ? Buffer.from(text, "base64") : text);
    const items = (secret ?? configMap)?.items ?? Object.keys(data ?? {}).map((key) => ({ key, path: key }));
    return items.map(({ key, path }) => [path, decode(data?.[key] ?? "")]);
  }

  async #tellRunning(pod: V1Pod, container: V1Container, address: string): Promise<void> {
    const { name = "", namespace = "" } = pod.metadata ?? {};
    const startedAt = new Date();
    const status = {
      phase: "Running",
      hostIP: "127.0.0.1",
      podIP: address,
      podIPs: [{ ip: address }],
      startTime: startedAt,
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map(condition),
      containerStatuses: [
        {
          name: container.name,
          image: container.image ?? "",
          imageID: "",
          ready: true,
          started: true,
          restartCount: 0,
          state: { running: { startedAt } },
        },
      ],
    };
    const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);
    await this.#core.patchNamespacedPodStatus({ name, namespace, body: { status } }, merge);
  }

  async #stop(pod: V1Pod): Promise<void> {
    const running = this.#pods.get(keyOf(pod));
    if (!running) return;
    this.#pods.delete(keyOf(pod));
    running.process?.kill("SIGKILL");
    const { name = "", namespace = "" } = pod.metadata ?? {};
    await this.#core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }).catch(() => undefined);
  }
}

function keyOf({ metadata }: V1Pod): string {
  return `${metadata?.namespace}/${metadata?.name}`;
}

function condition(type: string) {
  const now = new Date();
  return { type, status: "True", reason: "PodRunner", message: "", lastTransitionTime: now, lastHeartbeatTime: now };
}

/** In-namespace.ts has made it. */
const bridge = "pods";

/** With an address on the bridge. */
function connectNamespace(name: string, number: number, address: string): void {
  const outer = `veth${number}`;
  const commands = [
    `netns add ${name}`,
    `link add ${outer} type veth peer name eth0 netns ${name}`,
    `link set ${outer} master ${bridge} up`,
    `-n ${name} link set lo up`,
    `-n ${name} addr add ${address}/16 dev eth0`,
    `-n ${name} link set eth0 up`,
  ];
  for (const command of commands) execFileSync("ip", command.split(" "), { stdio: "pipe" });
}

async function patiently<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await read();
    } catch (error) {
      if (attempt === 300) throw error;
      await pause(200);
    }
  }
}

async function listening(address: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = connect(port, address);
      socket.on("connect", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("close", () => socket.destroy());
      socket.on("connect", () => socket.destroy());
    });
    if (isOpen) return;
    await pause(50);
  }
}
