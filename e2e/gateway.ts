// A whole Weir for one test file: simulated provider, control plane and a real Envoy, started as `weir run` starts
// them, and everything that they print.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { describeExit } from "../envoy/envoy-exit.ts";
import { startWeir, type StartWeirOptions, type Weir } from "../control/src/cli/start-weir.ts";
import { formatProblems } from "../control/src/config/problem.ts";
import { startSimulator, type Simulator } from "../control/src/simulator/simulator.ts";
import { freePort } from "../envoy/test/ports.ts";

export interface Gateway {
  /** `http://127.0.0.1:41234`. */
  url: string;
  weir: Weir;
  /** Where the ledger is, for a configuration that has one. */
  stateFolder: string;
  simulator: Simulator;
  /** Puts a configuration in force; does nothing when it already is. Placeholders: see `fillIn`. */
  configure(yaml: string): Promise<void>;
  /** Writes the file and leaves it to Weir to notice. */
  writeConfig(text: string | Uint8Array): void;
  removeConfig(): void;
  /** All that Weir and Envoy have said, problems of the configuration included. */
  output(): string;
  /** Resolves when something that matches has been said since the file was last written. */
  reported(pattern: RegExp): Promise<void>;
  /** The access log's entry of the request with this id. */
  logEntry(requestId: string): Promise<Record<string, unknown>>;
  accessLog(): Promise<string>;
  /** A counter or gauge of Envoy. */
  envoyCounter(name: string): Promise<number>;
  stop(): Promise<void>;
}

type Environment = Record<string, string>;

/** `env` may depend on what the simulator takes for credentials. */
export async function startGateway(
  yaml: string,
  env: Environment | ((simulator: Simulator) => Environment) = {},
  options: Partial<StartWeirOptions> = {},
): Promise<Gateway> {
  const gateway = new TestGateway(await startSimulator(), await freePort(), await freePort());
  try {
    await gateway.start(yaml, typeof env === "function" ? env(gateway.simulator) : env, options);
    return gateway;
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

class TestGateway implements Gateway {
  readonly #folder = mkdtempSync(join(tmpdir(), "weir-e2e-"));
  readonly #file = join(this.#folder, "weir.yaml");
  readonly #log = join(this.#folder, "access.log");
  readonly #port: number;
  readonly #closedPort: number;
  readonly simulator: Simulator;
  #weir: Weir | null = null;
  #lines: string[] = [];
  #lineAtWrite = 0;
  #inForce = "";

  constructor(simulator: Simulator, port: number, closedPort: number) {
    this.simulator = simulator;
    this.#port = port;
    this.#closedPort = closedPort;
  }

  async start(yaml: string, env: Environment, options: Partial<StartWeirOptions>): Promise<void> {
    this.writeConfig(yaml);
    const say = (line: string): void => void this.#lines.push(line);
    this.#weir = await startWeir({
      configFile: this.#file,
      env: { ...process.env, WEIR_STATE: this.stateFolder, ...env },
      ...options,
      concurrency: 2,
      // Small, so that a short test has many of them.
      ledger: { rotateBytes: 128 * 1024, settleMs: 500, pollMs: 50 },
      events: {
        onStep: say,
        onEnvoyLog: say,
        onReject: (message) => say(`REJECTED ${message}`),
        onConfiguration: (problems) => say(formatProblems(problems, { color: false })),
        onTrouble: (message) => say(`TROUBLE ${message}`),
        onRecovery: (message) => say(`RECOVERY ${message}`),
        onEnvoyRestart: (exit) => say(`RESTART Envoy ${describeExit(exit)}`),
      },
    });
    this.#inForce = yaml;
  }

  get stateFolder(): string {
    return join(this.#folder, "state");
  }

  get weir(): Weir {
    if (!this.#weir) throw new Error("The gateway is not started");
    return this.#weir;
  }

  get url(): string {
    return this.weir.gatewayUrl;
  }

  async configure(yaml: string): Promise<void> {
    if (yaml === this.#inForce) return;
    this.writeConfig(yaml);
    if (!(await this.weir.reload())) throw new Error(`The configuration is not served:\n${this.output()}`);
    this.#inForce = yaml;
  }

  writeConfig(text: string | Uint8Array): void {
    this.#lineAtWrite = this.#lines.length;
    this.#inForce = "";
    writeFileSync(this.#file, typeof text === "string" ? this.#fillIn(text) : text);
  }

  removeConfig(): void {
    this.#lineAtWrite = this.#lines.length;
    this.#inForce = "";
    rmSync(this.#file);
  }

  #fillIn(text: string): string {
    return text
      .replaceAll("@SIMULATOR@", this.simulator.url)
      .replaceAll("@PLAIN_PORT@", String(this.simulator.port))
      .replaceAll("@PORT@", String(this.#port))
      .replaceAll("@CLOSED_PORT@", String(this.#closedPort))
      .replaceAll("@LOG@", this.#log);
  }

  output(): string {
    return this.#lines.join("\n");
  }

  async reported(pattern: RegExp): Promise<void> {
    await vi.waitFor(() => {
      const said = this.#lines.slice(this.#lineAtWrite).join("\n");
      if (!pattern.test(said)) throw new Error(`Nothing said matches ${pattern}: ${said}`);
    }, 5_000);
  }

  accessLog(): Promise<string> {
    return readFile(this.#log, "utf8").catch(() => "");
  }

  /** Envoy writes an entry when the request is over and gathers entries for a while. */
  logEntry(requestId: string): Promise<Record<string, unknown>> {
    return vi.waitFor(
      async () => {
        const line = (await this.accessLog()).split("\n").find((entry) => entry.includes(requestId));
        if (!line) throw new Error(`The access log has no entry of request ${requestId}`);
        return JSON.parse(line) as Record<string, unknown>;
      },
      { timeout: 5_000, interval: 50 },
    );
  }

  async envoyCounter(name: string): Promise<number> {
    const answer = await this.weir.envoy?.askAdmin(`/stats?filter=^${name.replaceAll(".", "\\.")}$`);
    const value = /: (\d+)\s*$/.exec(answer?.body ?? "")?.[1];
    if (value === undefined) throw new Error(`Envoy has no statistic ${name}: ${answer?.body}`);
    return Number(value);
  }

  async stop(): Promise<void> {
    await this.#weir?.close();
    await this.simulator.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
