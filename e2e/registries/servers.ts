// Real registries on loopback, and how services are registered with them.
import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient, CreateMode, type Client } from "node-zookeeper-client";
import { freePort } from "../../envoy/test/ports.ts";
import { findProgram, programMissing, type Program } from "./programs.ts";

const startMs = 90_000;

/** A server that can be stopped and started again, at the same port and with what it has kept. */
export class RegistryServer {
  readonly port: number;
  readonly #folder: string;
  readonly #command: (folder: string, port: number) => string[];
  #process: ChildProcess | null = null;

  constructor(folder: string, port: number, command: (folder: string, port: number) => string[]) {
    this.#folder = folder;
    this.port = port;
    this.#command = command;
    mkdirSync(folder, { recursive: true });
  }

  async start(isReady: () => Promise<boolean>): Promise<void> {
    const log = openSync(join(this.#folder, "log"), "a");
    const [program = "", ...args] = this.#command(this.#folder, this.port);
    this.#process = spawn(program, args, { stdio: ["ignore", log, log], cwd: this.#folder });
    closeSync(log);
    const deadline = Date.now() + startMs;
    while (!(await isReady().catch(() => false))) {
      if (this.#process.exitCode !== null || Date.now() > deadline)
        throw new Error(`It does not start: ${this.#log()}`);
      await pause(100);
    }
  }

  /** As a machine that fails. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  #log(): string {
    return readFileSync(join(this.#folder, "log"), "utf8").slice(-3000);
  }
}

/** Why the test that needs it cannot run; null where it can. */
export function whyNot(program: Program): string | null {
  return findProgram(program) ? null : programMissing(program);
}

function pathOf(program: Program, ...parts: string[]): string {
  const folder = findProgram(program);
  if (!folder) throw new Error(programMissing(program));
  return join(folder, ...parts);
}

export class Consul {
  readonly server: RegistryServer;
  readonly token = "a-token-of-the-test";

  private constructor(server: RegistryServer) {
    this.server = server;
  }

  /** Nobody may read or write without the token. */
  static async start(folder: string, port?: number): Promise<Consul> {
    const server = new RegistryServer(folder, port ?? (await freePort()), consulCommand);
    const consul = new Consul(server);
    const own = { serf_lan: await freePort(), server: await freePort() };
    const ports = { http: server.port, dns: -1, serf_wan: -1, grpc: -1, grpc_tls: -1, ...own };
    const acl = {
      enabled: true,
      default_policy: "deny",
      tokens: { initial_management: consul.token, agent: consul.token },
    };
    const settings = { ports, acl, log_level: "warn", disable_update_check: true, connect: { enabled: false } };
    writeFileSync(join(folder, "consul.json"), JSON.stringify(settings));
    await consul.restart();
    return consul;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  restart(): Promise<void> {
    const isReady = async (): Promise<boolean> => {
      const leader = await fetch(`${this.url}/v1/status/leader`, { signal: late() });
      const nodes = await this.#ask("GET", "/v1/catalog/nodes");
      return leader.ok && (await leader.text()).length > 4 && (await nodes.text()).includes("127.0.0.1");
    };
    return this.server.start(isReady);
  }

  async register(service: { name: string; id: string; address: string; port: number; [field: string]: unknown }) {
    await this.#ask("PUT", "/v1/agent/service/register", service);
  }

  async deregister(id: string): Promise<void> {
    await this.#ask("PUT", `/v1/agent/service/deregister/${id}`);
  }

  /** Sets how its check of the id `check` is: passing or critical. */
  async setCheck(check: string, state: "pass" | "fail"): Promise<void> {
    await this.#ask("PUT", `/v1/agent/check/${state}/${check}`);
  }

  async #ask(method: string, path: string, body?: object): Promise<Response> {
    const headers = { "x-consul-token": this.token };
    const answer = await fetch(this.url + path, {
      method,
      headers,
      signal: late(),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Consul answered ${answer.status}: ${await answer.text()}`);
    return answer;
  }
}

function consulCommand(folder: string): string[] {
  const data = join(folder, "data");
  const alone = ["-server", "-bootstrap-expect=1", "-bind=127.0.0.1", "-client=127.0.0.1", "-datacenter=dc1"];
  return [pathOf("consul", "consul"), ...alone, `-data-dir=${data}`, `-config-file=${join(folder, "consul.json")}`];
}

export class ZooKeeper {
  readonly server: RegistryServer;
  #client: Client | null = null;

  private constructor(server: RegistryServer) {
    this.server = server;
  }

  static async start(folder: string, port?: number): Promise<ZooKeeper> {
    const server = new RegistryServer(folder, port ?? (await freePort()), zooKeeperCommand);
    const zooKeeper = new ZooKeeper(server);
    await zooKeeper.restart();
    return zooKeeper;
  }

  async restart(): Promise<void> {
    await this.server.start(() => isListening(this.server.port));
    this.#client?.close();
    this.#client = null;
    const deadline = Date.now() + startMs;
    while (!(this.#client = await this.#connect())) {
      if (Date.now() > deadline) throw new Error("ZooKeeper gives no session");
    }
  }

  /** This client waits for ever when the server was not ready for its first words: null then. */
  #connect(): Promise<Client | null> {
    const client = createClient(`127.0.0.1:${this.server.port}`);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        client.close();
        resolve(null);
      }, 3_000);
      client.once("connected", () => {
        clearTimeout(timer);
        resolve(client);
      });
      client.connect();
    });
  }

  /** Makes the nodes above as well. The node itself is gone when the session is, as those of instances are. */
  async put(path: string, content: string): Promise<void> {
    const above = path.slice(0, path.lastIndexOf("/"));
    await done((callback) => this.#client?.mkdirp(above, (error) => callback(error)));
    const bytes = Buffer.from(content);
    await done((callback) => this.#client?.create(path, bytes, CreateMode.EPHEMERAL, (error) => callback(error)));
  }

  async remove(path: string): Promise<void> {
    await done((callback) => this.#client?.remove(path, -1, (error) => callback(error)));
  }

  async stop(): Promise<void> {
    this.#client?.close();
    await this.server.kill();
  }
}

function done(begin: (callback: (error: unknown) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => begin((error) => (error ? reject(error as Error) : resolve())));
}

function zooKeeperCommand(folder: string, port: number): string[] {
  const classes = pathOf("zookeeper", "jars", "*");
  const settings = ["-Xmx128m", "-Dzookeeper.admin.enableServer=false"];
  const main = "org.apache.zookeeper.server.ZooKeeperServerMain";
  return ["java", ...settings, "-cp", classes, main, String(port), join(folder, "data")];
}

export class Eureka {
  readonly server: RegistryServer;

  private constructor(server: RegistryServer) {
    this.server = server;
  }

  static async start(folder: string): Promise<Eureka> {
    const server = new RegistryServer(folder, await freePort(), eurekaCommand);
    const eureka = new Eureka(server);
    await server.start(async () => (await fetch(`${eureka.url}/apps`, { signal: late() })).ok);
    return eureka;
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}/eureka`;
  }

  async register(application: string, id: string, address: string, port: number): Promise<void> {
    const instance = {
      instanceId: id,
      hostName: id,
      app: application,
      ipAddr: address,
      status: "UP",
      port: { $: port, "@enabled": "true" },
      metadata: { version: "v1" },
      dataCenterInfo: { "@class": "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", name: "MyOwn" },
    };
    await this.#ask("POST", `/apps/${application}`, { instance });
  }

  async setStatus(application: string, id: string, status: "UP" | "OUT_OF_SERVICE"): Promise<void> {
    await this.#ask("PUT", `/apps/${application}/${id}/status?value=${status}`);
  }

  async deregister(application: string, id: string): Promise<void> {
    await this.#ask("DELETE", `/apps/${application}/${id}`);
  }

  async #ask(method: string, path: string, body?: object): Promise<void> {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.url + path, {
      method,
      headers,
      signal: late(),
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Eureka answered ${answer.status}: ${await answer.text()}`);
  }
}

/** It would tell what it was told half a minute ago. */
function eurekaCommand(_: string, port: number): string[] {
  const settings = {
    "server.port": port,
    "server.address": "127.0.0.1",
    "eureka.client.register-with-eureka": false,
    "eureka.client.fetch-registry": false,
    "eureka.server.use-read-only-response-cache": false,
    "eureka.server.enable-self-preservation": false,
  };
  const given = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
  const classes = [pathOf("eureka", "classes"), pathOf("eureka", "jars", "*")].join(":");
  return ["java", "-Xmx256m", "-cp", classes, "test.EurekaServer", ...given];
}

function late(): AbortSignal {
  return AbortSignal.timeout(10_000);
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(true));
    socket.on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });
}
