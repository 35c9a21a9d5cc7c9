// A Kubernetes cluster for tests: etcd, the real API server and its controllers as processes on loopback. There is no
// kubelet; whoever wants pods to run starts pod-runner.ts beside it.
import { spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";
import { selfSigned as makeFiles } from "../../control/src/serve/test/self-signed.ts";
import type { Kubetest } from "./kubetest.ts";

/** In a network namespace of their own nobody else has them. */
const ports = { etcd: 23_790, etcdPeers: 23_791, api: 16_443 };
const startMs = 60_000;
const stopMs = 5_000;

export class Cluster {
  readonly #programs: Kubetest;
  readonly #folder: string;
  readonly #token = randomBytes(16).toString("hex");
  #etcd: ChildProcess | null = null;
  #api: ChildProcess | null = null;
  #controllers: ChildProcess | null = null;

  private constructor(programs: Kubetest, folder: string) {
    this.#programs = programs;
    this.#folder = folder;
  }

  /** `folder` is its own, and empty. */
  static async start(programs: Kubetest, folder: string): Promise<Cluster> {
    const cluster = new Cluster(programs, folder);
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get server(): string {
    return `https://127.0.0.1:${ports.api}`;
  }

  /** Of someone who may do everything. */
  get kubeconfig(): string {
    return join(this.#folder, "kubeconfig");
  }

  /** A kubeconfig for another token. */
  writeKubeconfig(file: string, token: string): void {
    const certificateAuthority = join(this.#folder, "certs", "apiserver.crt");
    const cluster = { server: this.server, "certificate-authority": certificateAuthority };
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "test", cluster }],
      users: [{ name: "test", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
      "current-context": "test",
    };
    writeFileSync(file, stringify(config));
  }

  async stop(): Promise<void> {
    await end(this.#controllers);
    // The other way round it would wait for etcd.
    await end(this.#api);
    await end(this.#etcd);
  }

  /** As a machine that fails. */
  async killApiServer(): Promise<void> {
    const gone = new Promise((resolve) => this.#api?.once("exit", resolve));
    this.#api?.kill("SIGKILL");
    await gone;
  }

  async startApiServer(): Promise<void> {
    this.#api = this.#run("api", ["kube-apiserver", ...this.#apiFlags()]);
    await this.#until(this.#api, () => this.#isReady());
  }

  /** Removes an object behind the API server's back, and all history with it: whoever watched is told 410 Gone. */
  async removeFromEtcd(key: string): Promise<void> {
    const ask = async (path: string, body: object): Promise<{ header: { revision: string }; deleted?: string }> => {
      const url = `http://127.0.0.1:${ports.etcd}/v3/kv/${path}`;
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`etcd: ${path}: ${await response.text()}`);
      return (await response.json()) as { header: { revision: string }; deleted?: string };
    };
    const { header, deleted } = await ask("deleterange", { key: Buffer.from(key).toString("base64") });
    if (deleted !== "1") throw new Error(`etcd has no ${key}`);
    await ask("compaction", { revision: header.revision, physical: true });
  }

  async #start(): Promise<void> {
    mkdirSync(this.#folder, { recursive: true });
    this.#writeKeys();
    this.#etcd = this.#run("etcd", ["etcd", ...this.#etcdFlags()]);
    await this.startApiServer();
    this.writeKubeconfig(this.kubeconfig, this.#token);
    this.#controllers = this.#run("controllers", ["controllers", this.kubeconfig]);
    await this.#until(this.#controllers, async () => this.#logOf("controllers").includes("controllers running"));
  }

  #writeKeys(): void {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(join(this.#folder, "accounts.key"), privateKey.export({ type: "pkcs1", format: "pem" }));
    writeFileSync(join(this.#folder, "accounts.pub"), publicKey.export({ type: "spki", format: "pem" }));
    writeFileSync(join(this.#folder, "tokens.csv"), `${this.#token},admin,admin,system:masters\n`);
  }

  #etcdFlags(): string[] {
    const own = `http://127.0.0.1:${ports.etcd}`;
    const peers = `http://127.0.0.1:${ports.etcdPeers}`;
    return [
      ...["--name", "test", "--data-dir", join(this.#folder, "etcd"), "--unsafe-no-fsync", "--log-level", "warn"],
      ...["--listen-client-urls", own, "--advertise-client-urls", own, "--listen-peer-urls", peers],
      ...["--initial-advertise-peer-urls", peers, "--initial-cluster", `test=${peers}`],
    ];
  }

  #apiFlags(): string[] {
    const at = (name: string): string => join(this.#folder, name);
    return [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      "--bind-address=127.0.0.1",
      `--secure-port=${ports.api}`,
      "--advertise-address=127.0.0.1",
      "--endpoint-reconciler-type=none",
      `--cert-dir=${at("certs")}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${at("accounts.pub")}`,
      `--service-account-signing-key-file=${at("accounts.key")}`,
      `--token-auth-file=${at("tokens.csv")}`,
      "--authorization-mode=RBAC",
      "--allow-privileged=true",
      "--enable-priority-and-fairness=false",
    ];
  }

  #run(name: string, args: string[]): ChildProcess {
    const log = openSync(join(this.#folder, `${name}.log`), "a");
    const child = spawn(this.#programs.kubetest, args, { stdio: ["ignore", log, log] });
    closeSync(log);
    return child;
  }

  #logOf(name: string): string {
    return readFileSync(join(this.#folder, `${name}.log`), "utf8");
  }

  async #until(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + startMs;
    while (!(await isReady())) {
      const logs = `see ${this.#folder}`;
      if (child.exitCode !== null) throw new Error(`${child.spawnargs[1]} ended with ${child.exitCode}: ${logs}`);
      if (Date.now() > deadline) throw new Error(`${child.spawnargs[1]} is not ready after ${startMs} ms: ${logs}`);
      await pause(50);
    }
  }

  #isReady(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.#token}` };
    // It signs its certificate itself, when it starts.
    return new Promise((resolve) => {
      const asked = get(`${this.server}/readyz`, { headers, rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      asked.on("error", () => resolve(false));
    });
  }
}

async function end(child: ChildProcess | null): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  // The API server would wait a minute for whoever watches still.
  const late = setTimeout(() => child.kill("SIGKILL"), stopMs);
  await gone;
  clearTimeout(late);
}

/** A certificate that signs itself, with its key; the names are what it is for. */
export function selfSigned(folder: string, name: string, hosts: string[]): { certificate: string; key: string } {
  const { certFile, keyFile } = makeFiles(folder, name, hosts.map((host) => `DNS:${host}`).join(","));
  return { certificate: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8") };
}
