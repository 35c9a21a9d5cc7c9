// One scenario on the real Envoy: its servers, its client, what both saw.
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Placement } from "./envoy-config.ts";
import { EventLog } from "./event-log.ts";
import { startGrpcServer } from "./grpc-server.ts";
import { exchangeWith } from "./http-client.ts";
import { Provider } from "./provider.ts";
import { pieceGapMs, type Exchange, type Scenario } from "./scenario.ts";
import { refusingPort, startCalloutServer, startEcho, type RunningServer } from "./servers.ts";
import { seenLog, type SeenExchange, type Transcript } from "./transcript.ts";

const nothing = { status: 0, headers: [], body: "", trailers: [], isBroken: true };
const nothingSeen: SeenExchange = { client: nothing, provider: null, accessLog: "" };

export class ScenarioRun {
  readonly placement: Placement;
  readonly log: EventLog;
  metrics: Record<string, number> = {};
  readonly #provider: Provider;
  readonly #callouts: string[] = [];
  readonly #exchanges: SeenExchange[] = [];
  /** Exchanges by the order in which they ended: that of Envoy's access log. */
  readonly #ended: number[] = [];
  readonly #tcp = { client: "", provider: "" };
  readonly #servers: RunningServer[] = [];

  /** `folder` is for its access log. */
  constructor(scenario: Scenario, index: number, folder: string) {
    const id = `s${index}`;
    this.placement = { scenario, id, providerPort: 0, ports: {}, accessLog: join(folder, `${id}.log`) };
    this.log = new EventLog(scenario.plugins.length);
    this.#provider = new Provider(scenario, this.log);
  }

  async startServers(): Promise<void> {
    const { scenario, ports } = this.placement;
    const echo = () => startEcho((text) => (this.#tcp.provider += text));
    this.placement.providerPort = this.#keep(await (scenario.tcp ? echo() : this.#provider.start()));
    for (const [name, script] of Object.entries(scenario.clusters ?? {})) {
      if (script === "refused") ports[name] = this.#keep(await refusingPort());
      else ports[name] = this.#keep(await startCalloutServer(script, (line) => this.#callouts.push(`${name} ${line}`)));
    }
    for (const [name, script] of Object.entries(scenario.grpc ?? {}))
      ports[name] = this.#keep(await startGrpcServer(script));
  }

  closeServers(): void {
    for (const server of this.#servers) server.close();
  }

  async run(port: number): Promise<void> {
    const { scenario } = this.placement;
    if (scenario.tcp) await this.#runTcp(port);
    else for (const exchange of scenario.exchanges ?? [{}]) await this.#exchange(port, exchange);
    await pause((scenario.settleMs ?? 0) + pieceGapMs);
  }

  /** To be called when Envoy has ended: by then all logs are written. */
  async transcript(): Promise<Transcript> {
    const lines = (await readFile(this.placement.accessLog, "utf8").catch(() => "")).trim().split("\n");
    const exchanges = this.#exchanges.map((exchange, i) => ({
      ...exchange,
      accessLog: lines[this.#ended.indexOf(i)] ?? "",
    }));
    const logs = this.log.lines.map((own) => own.map(seenLog));
    return { exchanges, logs, callouts: this.#callouts, metrics: this.metrics, tcp: this.#tcp };
  }

  #keep(server: RunningServer): number {
    this.#servers.push(server);
    return server.port;
  }

  async #exchange(port: number, { client = {}, meanwhile }: Exchange): Promise<void> {
    await pause(client.waitMs ?? 0);
    const index = this.#exchanges.push(nothingSeen) - 1;
    this.#provider.exchange = index;
    const answer = exchangeWith(port, client, this.log);
    if (meanwhile) {
      await pause(pieceGapMs * 4);
      await this.#exchange(port, meanwhile);
    }
    await this.log.step("> delete", () => void answer);
    const seen = await answer;
    this.#exchanges[index] = { client: seen, provider: this.#provider.seen.get(index) ?? null, accessLog: "" };
    this.#ended.push(index);
  }

  async #runTcp(port: number): Promise<void> {
    const { client, closes } = this.placement.scenario.tcp!;
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (data) => (this.#tcp.client += data.toString()));
    socket.on("error", () => undefined);
    await this.log.step("> connection", () => undefined);
    for (const piece of client) await this.log.step("> upstream", () => socket.write(piece));
    await pause(pieceGapMs);
    if (closes === "client") socket.destroy();
    else await Promise.race([once(socket, "close"), pause(1000)]);
  }
}
