// What registries have said last, in a file of this machine's: while one is away, a control plane that begins anew goes
// on with it.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identityOf, type Instance, type Registry, type ServiceName } from "../model/discovery.ts";
import { asList, asObject, asText, inOrder, instanceOf } from "./client.ts";

/** Older ones may be the addresses of something else by now. */
export const keptMsDefault = 24 * 3_600_000;

const format = "weir-servers-1";

export interface KeptServersOptions {
  path: string;
  onTrouble: (message: string) => void;
  keptMs?: number | undefined;
}

export interface KeptService {
  instances: readonly Instance[];
  /** When the registry was last known to say so, in milliseconds since 1970. */
  heardAt: number;
}

/** A service of a registry, whatever the registry is called and shown. */
export function keptKey(registry: Registry, service: ServiceName): string {
  return JSON.stringify([identityOf(registry), ...Object.values(service)]);
}

export class KeptServers {
  readonly #options: KeptServersOptions;
  #read: Map<string, KeptService> | null = null;
  #isFailing = false;

  constructor(options: KeptServersOptions) {
    this.#options = options;
  }

  find(key: string): KeptService | null {
    this.#read ??= this.#load();
    const found = this.#read.get(key);
    return found && this.#isYoung(found) ? found : null;
  }

  /** Beside what others have written, or this one before. */
  save(services: ReadonlyMap<string, KeptService>): void {
    const { path, onTrouble } = this.#options;
    const all = [...new Map([...this.#load(), ...services])].filter(([, kept]) => this.#isYoung(kept));
    const list = all.map(([key, { instances, heardAt }]) => ({ key, heardAt, instances }));
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      // Whoever is killed in the midst of it leaves the one before.
      writeFileSync(`${path}.new`, JSON.stringify({ format, services: list }), { mode: 0o600 });
      renameSync(`${path}.new`, path);
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) onTrouble(`What registries say cannot be kept: ${(error as Error).message}`);
      this.#isFailing = true;
    }
  }

  #isYoung({ heardAt }: KeptService): boolean {
    return Date.now() - heardAt <= (this.#options.keptMs ?? keptMsDefault);
  }

  #load(): Map<string, KeptService> {
    const { path, onTrouble } = this.#options;
    try {
      return readKept(readFileSync(path, "utf8"));
    } catch (error) {
      const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
      const isTold = this.#read !== null || this.#isFailing;
      if (!isAbsent && !isTold) onTrouble(`${path} is not used, and made anew: ${(error as Error).message}`);
      return new Map();
    }
  }
}

/** Throws where the text is not one that was kept. */
function readKept(text: string): Map<string, KeptService> {
  const { format: given, services } = asObject(parsed(text));
  if (given !== format) throw new Error("It is not what Weir keeps there");
  return new Map(
    asList(services).map((item) => {
      const { key, heardAt, instances } = asObject(item);
      const isRead = asText(key) !== "" && typeof heardAt === "number" && Array.isArray(instances);
      if (!isRead) throw new Error("It is damaged");
      return [asText(key), { heardAt, instances: inOrder(asList(instances).map(readInstance)) }];
    }),
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("It is damaged");
  }
}

function readInstance(item: unknown): Instance {
  const { address, port, weight, protocol, version, zone } = asObject(item);
  const texts = { protocol: asText(protocol), version: asText(version), zone: asText(zone) };
  const instance = instanceOf({ address, port, weight: Number(weight), ...texts });
  if (!instance) throw new Error("It is damaged");
  return instance;
}
