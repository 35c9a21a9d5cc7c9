// The pages on migrating, tried block by block: their objects in a real cluster, their requests at a real Envoy.
import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { startWeir, type Weir } from "../../../control/src/cli/start-weir.ts";
import { startSimulator, type Simulator } from "../../../control/src/simulator/simulator.ts";
import { compileModule } from "../../../tools/build-plugins.ts";
import { Bed, service, type Manifest } from "./bed.ts";
import { certificate, ingressClass } from "./manifests.ts";
import { contains, readPage, type Block, type Command, type Step } from "./page.ts";

const run = promisify(execFile);
const weirCommand = join(import.meta.dirname, "..", "..", "..", "control", "src", "cli", "main.ts");
/** Whatever the pages take from their reader's environment. */
const secrets = {
  SEARCH_KEY: "wk-search-0123456789abcdef",
  QWEN_KEY_1: "sk-one-0123456789",
  QWEN_KEY_2: "sk-two-0123456789",
};
const environment = { ...process.env, ...secrets, GATEWAY: "127.0.0.1" };

class Trial {
  readonly bed = new Bed();
  #gateway: Weir | null = null;
  #simulator: Simulator | null = null;

  /** With what a reader has already: Services, and a certificate. */
  async start(steps: Step[]): Promise<void> {
    const settings = steps.flatMap(({ block }) => (block.kind === "settings" ? [block.text] : []))[0]!;
    const { kubernetes } = parse(settings) as { kubernetes: object };
    await this.bed.start(stringify({ address: "127.0.0.1", ...kubernetes }).trimEnd());
    for (const [index, name] of ["shop", "shop-next"].entries()) {
      await this.bed.serve(`10.244.0.${index + 1}`, name);
      await this.bed.apply(...service(name, [`10.244.0.${index + 1}`]));
    }
    await this.bed.apply(readFileSync(join(import.meta.dirname, "wasmplugin-crd.yaml"), "utf8"));
    await this.bed.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "higress-system" } });
    const { path } = await compileModule("e2e/plugins/trace/assembly/index.ts");
    copyFileSync(path, join(this.bed.folder, "trace.wasm"));
    await this.bed.apply(ingressClass("weir", "weir.dev/ingress"));
    await this.bed.apply(certificate(this.bed.folder, "secure-certificate", ["secure.example.com"]) as Manifest);
  }

  async stop(): Promise<void> {
    await this.#gateway?.close();
    await this.#simulator?.close();
    await this.bed.stop();
  }

  async try(block: Block): Promise<void> {
    if (block.kind === "objects") await this.#apply(block.text);
    else if (block.kind === "configuration") await this.#serve(block.text);
    else if (block.kind === "file") writeFileSync(join(this.bed.folder, block.name), block.text);
    else if (block.kind === "console") for (const command of block.commands) await this.#run(command);
  }

  /** As they stand, but for where the plugin is. A definition is served a moment after it was taken. */
  async #apply(text: string): Promise<void> {
    const module = `file://${join(this.bed.folder, "trace.wasm")}`;
    const placed = text.replaceAll("oci://registry.example.com/plugins/trace:1.0.0", module);
    await vi.waitFor(() => this.bed.apply(placed), { timeout: 15_000, interval: 300 });
  }

  /** As it stands, but for where the providers are. */
  async #serve(text: string): Promise<void> {
    this.#simulator = await startSimulator();
    const configuration = parse(text) as { providers: object[] };
    const providers = configuration.providers.map((provider) => ({
      ...provider,
      baseUrl: `${this.#simulator!.url}/v1`,
    }));
    const configFile = join(this.bed.folder, "page.yaml");
    writeFileSync(configFile, stringify({ ...configuration, providers }));
    const env = { ...environment, WEIR_STATE: join(this.bed.folder, "page-state") };
    const gateway = { address: "127.0.0.1", port: 8080 };
    this.#gateway = await startWeir({ configFile, env, gateway, concurrency: 1, watch: false });
  }

  /** Until it is as the page says, for objects take a moment. */
  async #run({ command, expected }: Command): Promise<void> {
    expect(expected).not.toEqual([]);
    const accept = async (): Promise<void> => {
      const output = await this.#output(command);
      if (!contains(output, expected)) throw new Error(`${command}\ngave\n${output}\nand not\n${expected.join("\n")}`);
    };
    await vi.waitFor(accept, { timeout: 15_000, interval: 300 });
  }

  async #output(command: string): Promise<string> {
    const [, ingress] = /^kubectl events --for ingress\/(\S+)$/.exec(command) ?? [];
    if (ingress) return this.#events(ingress);
    const script = command.startsWith("weir ") ? `"${process.execPath}" "${weirCommand}" ${command.slice(5)}` : command;
    const { stdout } = await run("bash", ["-c", script], { cwd: this.bed.folder, env: environment });
    return stdout;
  }

  async #events(ingress: string): Promise<string> {
    const { items } = (await this.bed.api.ask("GET", "/api/v1/namespaces/default/events")) as {
      items: { involvedObject: { kind: string; name: string }; message: string }[];
    };
    const own = items.filter(({ involvedObject: { kind, name } }) => kind === "Ingress" && name === ingress);
    return own.map(({ message }) => message).join("\n");
  }
}

describe.each(["migrating-from-ingress-nginx.md", "migrating-from-higress.md"])("%s", (page) => {
  const steps = readPage(page);
  const trial = new Trial();
  beforeAll(() => trial.start(steps));
  afterAll(() => trial.stop());
  test.each(steps)("$name", ({ block }) => trial.try(block));
  test("no Envoy has refused anything", () => expect(trial.bed.output()).not.toMatch(/REJECTED/));
});
