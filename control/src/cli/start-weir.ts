// Everything that runs when Weir runs, put together: configuration, control plane, simulated provider, Envoy. The
// command line and the end-to-end tests start it alike; who prints what is theirs.
//   configuration ─► simulator (if used) ─► control plane ─► plugins ─► publish ─► Envoy ─► accepted ─► follow the file
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Problem } from "../config/problem.ts";
import type { ConfigWatch } from "../config/watch-config.ts";
import type { Gateway, Model } from "../model/model.ts";
import type { FromCluster, ObjectFindings } from "../model/object-entry.ts";
import type { EnvoyStatus } from "../serve/envoy-status.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { listenerStatPrefix } from "../xds/listener.ts";
import { typeUrls } from "../xds/resources.ts";
import type { EnvoyProcess } from "../../../envoy/envoy-process.ts";
import { askTargets } from "./ask-targets.ts";
import { ConfigurationInForce } from "./configuration-in-force.ts";
import { ControlPlane } from "./control-plane.ts";
import { CounterService } from "../counters/counter-service.ts";
import { counterStatus } from "../counters/counter-status.ts";
import { explainPort, requireGatewayPort, whyNotListen } from "./listen-check.ts";
import { findPlugins } from "./plugin-files.ts";
import { addressInUse, requireAccepted } from "./require-accepted.ts";
import { writeRatelimitFile } from "./ratelimit-file.ts";
import { RunningAdmin } from "./running-admin.ts";
import { RunningMarket } from "./running-market.ts";
import { RunningBudgets } from "./running-budgets.ts";
import { RunningCallers } from "./running-callers.ts";
import { RunningDiscovery } from "./running-discovery.ts";
import { RunningKubernetes } from "./running-kubernetes.ts";
import { RunningPlugins } from "./running-plugins.ts";
import { RunningLedger } from "./running-ledger.ts";
import { settled } from "./settled.ts";
import { urlOf } from "./gateway-url.ts";
import { startEnvoy } from "./start-envoy.ts";
import { countersFile, ledgerFiles, serversFile, stateDirectory } from "./state-directory.ts";
import { UserError } from "./user-error.ts";
import type { StartWeirOptions, Weir, WeirEvents } from "./weir.ts";

export type { StartWeirOptions, Weir, WeirEvents } from "./weir.ts";

/** Throws a `UserError`, with nothing left running, when Weir cannot serve. */
export async function startWeir(options: StartWeirOptions): Promise<Weir> {
  const running = new RunningWeir(options);
  try {
    await running.start();
    return running;
  } catch (error) {
    await running.close();
    throw error;
  }
}

const portPollMs = 1_000;

class RunningWeir implements Weir {
  readonly #options: StartWeirOptions;
  readonly #events: WeirEvents;
  readonly #configuration: ConfigurationInForce;
  /** Not two Envoys of one fleet may share an id, not even one after the other. */
  readonly #nodeId = `weir-${process.pid}-${randomUUID().slice(0, 8)}`;
  readonly #counters: CounterService;
  readonly #ledger: RunningLedger;
  readonly #budgets: RunningBudgets;
  readonly #admin: RunningAdmin;
  readonly market: RunningMarket;
  readonly #callers: RunningCallers;
  readonly #discovery: RunningDiscovery;
  readonly #kubernetes: RunningKubernetes;
  readonly #plugins: RunningPlugins;
  #control: ControlPlane | null = null;
  #watch: ConfigWatch | null = null;
  #closed: Promise<void> | null = null;
  #isServing = false;
  #isPublished = false;
  #isDraining = false;
  #reloading: Promise<boolean> = Promise.resolve(true);
  envoy: EnvoyProcess | null = null;
  envoyVersion: string | null = null;

  constructor(options: StartWeirOptions) {
    this.#options = options;
    this.#events = options.events ?? {};
    const { configFile: file, env = process.env, gateway: override, control, envoy: hasEnvoy = true } = options;
    const own = ledgerFiles(env);
    // Where other Envoys may join, this machine's paths mean nothing to them.
    const ledgerPlace = { ...own, log: control?.xds || !hasEnvoy ? null : own.log };
    this.#configuration = new ConfigurationInForce({ file, env, ledgerPlace, ...(override && { override }) });
    this.#counters = new CounterService({
      path: countersFile(env),
      onTrouble: (message) => this.#events.onTrouble?.(message),
      onRecovery: (message) => this.#events.onRecovery?.(message),
    });
    this.#ledger = new RunningLedger({
      model: () => this.model,
      envoy: () => this.envoy,
      hasEnvoy,
      events: this.#events,
      ...(options.ledger && { tuning: options.ledger }),
    });
    this.#budgets = new RunningBudgets({
      model: () => this.model,
      onChange: () => void this.#publishSpent(),
      events: this.#events,
      ...(options.budgets && { tuning: options.budgets }),
    });
    this.#callers = new RunningCallers({ model: () => this.model, events: this.#events });
    this.#admin = new RunningAdmin({
      base: () => this.#configuration.base,
      model: () => this.model,
      apply: (entries) => this.#apply(() => this.#configuration.store(entries)),
      events: this.#events,
    });
    this.#discovery = new RunningDiscovery({
      model: () => this.model,
      onChange: { file: () => void this.#publishSpent(), cluster: () => this.#kubernetes.refresh() },
      file: serversFile(env),
      events: this.#events,
    });
    this.#kubernetes = new RunningKubernetes({
      model: () => this.model,
      apply: (cluster) => this.#applyCluster(cluster),
      discovery: this.#discovery,
      stateOf: (plugin) => this.#plugins.stateOf(plugin),
      events: this.#events,
    });
    this.#plugins = new RunningPlugins({
      stateFolder: stateDirectory(env),
      onChange: () => void this.#publishSpent().then(() => this.#kubernetes.refresh()),
      status: () => this.#control?.status() ?? [],
      events: this.#events,
    });
    this.market = new RunningMarket({ model: () => this.model, events: this.#events });
  }

  get gatewayUrl(): string {
    return urlOf(this.model.gateway);
  }

  get controlUrl(): string {
    return `http://${this.#plane.address}:${this.#plane.httpPort}`;
  }

  get xdsPort(): number {
    return this.#plane.xdsPort;
  }

  get simulator(): Simulator | null {
    return this.#configuration.simulator;
  }

  get model(): Model {
    return this.#configuration.model;
  }

  get problems(): Problem[] {
    return this.#configuration.problems;
  }

  get adminPort(): number {
    return this.#admin.port;
  }

  status(): EnvoyStatus[] {
    return this.#plane.status();
  }

  async start(): Promise<void> {
    const { watch = true, envoy = true, signal } = this.#options;
    const onAbort = (): void => void this.envoy?.stop();
    signal?.addEventListener("abort", onAbort);
    await this.#readFirst();
    if (envoy) await requireGatewayPort(this.model.gateway.address, this.model.gateway.port);
    this.#ledger.prepare();
    this.#control = await this.#startControlPlane();
    const onCompile = (name: string): void => this.#events.onStep?.(`Compiling plugin ${name}`);
    const own = this.#options.plugins ?? (await findPlugins({ onCompile, ...(signal && { signal }) }));
    await this.#control.addPlugins(own);
    signal?.throwIfAborted();
    await this.#budgets.follow();
    await this.#plugins.prepare(this.model);
    await this.#discovery.follow();
    this.#publish();
    if (envoy) await this.#startEnvoy();
    await this.#ledger.follow();
    await this.#admin.follow();
    await this.market.follow();
    this.#kubernetes.follow();
    signal?.throwIfAborted();
    // From now on there may be open requests, and how they end is for `drain` and `close` to say.
    signal?.removeEventListener("abort", onAbort);
    if (watch) this.#watch = this.#configuration.watch(() => void this.reload());
  }

  reload(): Promise<boolean> {
    // One after the other: each must see what the one before it has put in force.
    this.#reloading = this.#reloading.then(() => this.#reload()).catch((error: unknown) => this.#onBug(error));
    return this.#reloading;
  }

  async drain(timeoutMs: number, onOpen?: (requests: number) => void): Promise<number> {
    this.#watch?.close();
    this.#isDraining = true;
    await this.#reloading;
    if (!this.envoy || timeoutMs === 0) return 0;
    return this.envoy.drain({ statPrefix: listenerStatPrefix, timeoutMs, ...(onOpen && { onOpen }) });
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  kill(): void {
    this.envoy?.kill();
  }

  get #plane(): ControlPlane {
    if (!this.#control) throw new Error("The control plane is not started");
    return this.#control;
  }

  async #readFirst(): Promise<void> {
    const usable = await this.#configuration.read();
    this.#events.onConfiguration?.(this.problems, usable);
    if (!usable) throw new UserError(`${this.#options.configFile} has nothing that can be served`);
    await this.#loadStored();
  }

  #startControlPlane(): Promise<ControlPlane> {
    const { xds, ...control } = this.#options.control ?? {};
    return ControlPlane.start({
      stateFolder: stateDirectory(this.#options.env ?? process.env),
      ...control,
      isReady: () => this.#isPublished && this.#kubernetes.isComplete,
      ...(xds && { xds: { onRefuse: (peer, reason) => this.#events.onXdsRefuse?.(peer, reason), ...xds } }),
      config: () => this.#configuration.view(),
      targets: () => askTargets(this.envoy, this.model),
      ledger: () => this.#ledger.status(),
      market: () => this.market.status(),
      registries: () => this.#discovery.status(),
      onCallerRequest: this.#callers.handle,
      counters: this.#counters,
      modules: this.#plugins.moduleOf,
      limits: () => counterStatus(this.model.limits, () => this.#counters.list(), Date.now()),
      onReject: (envoyId, typeUrl, name, message) => this.#onReject(envoyId, typeUrl, name, message),
    });
  }

  async #startEnvoy(): Promise<void> {
    const { address, port } = this.model.gateway;
    // No other Weir of this machine has the same, and the next one that is started so has.
    const countersName = `${address}:${port}`;
    const parts = { events: this.#events, nodeId: this.#nodeId, countersName, plane: this.#plane };
    const { process, version } = await startEnvoy({ ...this.#options, ...parts });
    this.envoy = process;
    this.envoyVersion = version;
    this.#events.onStep?.("Starting Envoy");
    await this.envoy.start();
    await this.#settle();
    await requireAccepted(this.status(), this.#nodeId, this.model.gateway);
    this.#isServing = true;
  }

  async #reload(): Promise<boolean> {
    if (this.#closed || this.#isDraining) return false;
    const before = this.model;
    const usable = await this.#configuration.read();
    this.#plugins.again();
    if (usable) await this.#putInForce(before);
    if (usable) this.#kubernetes.follow();
    this.#events.onConfiguration?.(this.problems, usable);
    return usable;
  }

  async #putInForce({ gateway, ledger }: Model): Promise<void> {
    await this.#loadStored();
    await this.#keepListening(gateway);
    this.#keepRecording(ledger);
    await this.#budgets.follow();
    await this.#plugins.prepare(this.model);
    await this.#discovery.follow();
    this.#publish();
    await this.#settle();
    await this.#ledger.follow();
    await this.#admin.follow();
    await this.market.follow();
  }

  /** A new address that cannot be had must not cost the one that serves. */
  async #keepListening(before: Gateway): Promise<void> {
    const { address, port } = this.model.gateway;
    if (!this.envoy || (address === before.address && port === before.port)) return;
    const code = await whyNotListen(address, port);
    if (code === null) return;
    this.#configuration.stayAt(before);
    const stays = `The gateway stays at ${before.address}:${before.port}`;
    this.#events.onTrouble?.(`${await explainPort(address, port, code)}. ${stays}`);
  }

  /** Likewise for the ledger's log. */
  #keepRecording(before: Model["ledger"]): void {
    try {
      this.#ledger.prepare();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#configuration.keepLedger(before);
      this.#events.onTrouble?.(`${error.message}. The ledger stays as it was`);
    }
  }

  #onReject(envoyId: string, typeUrl: string, name: string, message: string): void {
    const isOwn = envoyId === this.#nodeId;
    if (isOwn && typeUrl === typeUrls.listener && addressInUse.test(message)) void this.#awaitPort();
    else this.#events.onReject?.(`Envoy ${envoyId} refuses ${name}: ${message}`);
  }

  /** Somebody took the port while Envoy was down. Envoy does not try again by itself. */
  async #awaitPort(): Promise<void> {
    const { address, port } = this.model.gateway;
    // At the first start there is nobody to wait for: it ends with this very complaint.
    if (!this.#isServing) return;
    this.#events.onTrouble?.(`${await explainPort(address, port, "EADDRINUSE")}. Waiting for it to be free`);
    while (!this.#closed && (await whyNotListen(address, port)) !== null) await pause(portPollMs);
    if (!this.#closed) this.envoy?.restart();
  }

  /** Requests are served on: a fault of the control plane must not stop them. */
  #onBug(error: unknown): boolean {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#events.onTrouble?.(`The configuration could not be put in force, which is a bug of Weir's: ${text}`);
    return false;
  }

  #publish(): void {
    this.#isPublished = true;
    const trouble = writeRatelimitFile(this.model);
    if (trouble !== null) this.#events.onTrouble?.(trouble);
    const model = this.#discovery.located({ ...this.#plugins.inForce(this.model), spent: this.#budgets.spent });
    for (const { name, message } of this.#plane.publish(model)) {
      this.#events.onReject?.(`Not sent to any Envoy: ${name}: ${message}`);
    }
  }

  async #loadStored(): Promise<void> {
    const entries = await this.#admin.load(this.#configuration.base.admin);
    if (entries) this.#configuration.store(entries);
  }

  /** What comes from elsewhere than the file, in its turn as well. */
  #apply(change: () => void | Promise<void>): Promise<void> {
    const apply = async (isUsable: boolean): Promise<boolean> => {
      if (this.#closed || this.#isDraining) return isUsable;
      const before = this.model;
      await change();
      await this.#putInForce(before);
      return isUsable;
    };
    const applied = this.#reloading.then(apply).catch((error: unknown) => this.#onBug(error));
    this.#reloading = applied;
    return applied.then(() => undefined);
  }

  async #applyCluster(cluster: FromCluster): Promise<ObjectFindings> {
    await this.#apply(() => this.#configuration.serve(cluster));
    return this.#configuration.findings;
  }

  /** In its turn: the model of a reload under way is not complete yet. */
  #publishSpent(): Promise<boolean> {
    const publish = (before: boolean): boolean => {
      if (!this.#closed && this.#control && this.#isPublished) this.#publish();
      return before;
    };
    this.#reloading = this.#reloading.then(publish).catch((error: unknown) => this.#onBug(error));
    return this.#reloading;
  }

  #settle(): Promise<void> {
    const isOver = (): boolean => this.#closed !== null || this.#options.signal?.aborted === true;
    return settled(this.#plane, { own: this.envoy ? this.#nodeId : null, isOver });
  }

  async #end(): Promise<void> {
    this.#watch?.close();
    this.#plugins.close();
    await this.#kubernetes.close();
    this.#discovery.close();
    await this.#admin.close();
    await this.market.close();
    await this.envoy?.stop();
    await this.#ledger.close();
    await this.#budgets.close();
    await this.#control?.close();
    await this.#callers.close();
    this.#counters.close();
    await this.#configuration.close();
  }
}
