// One source of a module: asked until it has it, again when somebody says so. What it had last stays.
import { readModuleReference } from "../model/module-reference.ts";
import type { ModuleSource } from "../model/plugins.ts";
import { ModuleFailure } from "./failure.ts";
import { fetchModule } from "./fetch-module.ts";
import type { ModuleCache } from "./module-cache.ts";
import { readModuleFacts, type ModuleFacts } from "./module-facts.ts";
import { sha256Of, sourceKey } from "./source-key.ts";

export interface KeptModule extends ModuleFacts {
  sha256: string;
  bytes: Uint8Array;
}

export interface KeptSourceOptions {
  source: ModuleSource;
  cache: ModuleCache;
  /** It has another module, or another failure. */
  onChange: () => void;
  /** Before the second attempt; each pause is twice the one before. Default one second. */
  retryMs?: number;
}

const retryMsDefault = 1000;
const retryMsMax = 300_000;

export class KeptSource {
  readonly #options: KeptSourceOptions;
  readonly #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | null = null;
  #isAskedAgain = false;
  #attempts = 0;
  /** Null until it was had for the first time. */
  module: KeptModule | null = null;
  /** Of the last attempt; null when it succeeded, or while there was none. */
  failure: ModuleFailure | null = null;

  constructor(options: KeptSourceOptions) {
    this.#options = options;
    this.#start(() => this.#begin());
  }

  /** Resolves when nothing is under way. An attempt that is to come later is not. */
  async settled(): Promise<void> {
    while (this.#working) await this.#working;
  }

  /** Asks again where what it had may not be the newest. */
  again({ pull }: Pick<ModuleSource, "pull">): void {
    if (!isMoving(this.#options.source, pull)) return;
    if (this.#working) this.#isAskedAgain = true;
    else this.#start(() => this.#attempt());
  }

  close(): void {
    this.#over.abort();
    clearTimeout(this.#timer);
  }

  #start(work: () => Promise<void>): void {
    clearTimeout(this.#timer);
    this.#working = work().finally(() => {
      this.#working = null;
      if (!this.#isAskedAgain || this.#over.signal.aborted) return;
      this.#isAskedAgain = false;
      this.#start(() => this.#attempt());
    });
  }

  async #begin(): Promise<void> {
    const { source, cache } = this.#options;
    const bytes = await cache.find(sourceKey(source));
    if (bytes) await this.#take(bytes).catch(() => {});
    if (!this.module || isMoving(source, source.pull)) await this.#attempt();
  }

  async #attempt(): Promise<void> {
    const { source, cache } = this.#options;
    try {
      const bytes = await fetchModule(source, this.#over.signal);
      await this.#take(bytes);
      await cache.put(sourceKey(source), bytes).catch(() => {});
      this.#attempts = 0;
    } catch (error) {
      // What nobody has foreseen must cost no more than this one.
      const failure = error instanceof ModuleFailure ? error : new ModuleFailure("FetchFailed", String(error));
      if (!this.#over.signal.aborted) this.#fail(failure);
    }
  }

  async #take(bytes: Uint8Array): Promise<void> {
    const sha256 = sha256Of(bytes);
    const isOther = sha256 !== this.module?.sha256;
    if (isOther) this.module = { sha256, bytes, ...(await readModuleFacts(bytes)) };
    const wasFailing = this.failure !== null;
    this.failure = null;
    if (isOther || wasFailing) this.#options.onChange();
  }

  #fail(failure: ModuleFailure): void {
    const isOther = failure.message !== this.failure?.message;
    this.failure = failure;
    const { retryMs = retryMsDefault } = this.#options;
    const pauseMs = Math.min(retryMs * 2 ** this.#attempts++, retryMsMax);
    // Not all at once who failed at once.
    this.#timer = setTimeout(() => this.#start(() => this.#attempt()), pauseMs * (0.75 + Math.random() / 2));
    if (isOther) this.#options.onChange();
  }
}

/** Whether it may have another module the next time. What has a digest has not, and files are near. */
function isMoving({ url, sha256 }: ModuleSource, pull: ModuleSource["pull"]): boolean {
  const reference = readModuleReference(url);
  if (sha256 !== null || (reference?.kind === "image" && reference.digest !== null)) return false;
  return pull === "always" || reference?.kind === "file";
}
