// The models that were in force a while ago: requests that have begun by them may still go on to targets that are no
// more.
import type { Model } from "../model/model.ts";
import { withMore } from "../xds/transition.ts";

/** An attempt that fails later than so long after a change may find the next target gone. */
const keptMsDefault = 60_000;

export interface FormerModelsOptions {
  keptMs?: number | undefined;
  /** Some of them are over. */
  onOver: () => void;
}

interface Former {
  model: Model;
  until: number;
}

export class FormerModels {
  readonly #options: FormerModelsOptions;
  /** The newest first. */
  #models: Former[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FormerModelsOptions) {
    this.#options = options;
  }

  /** `model` has been in force until now, when `next` comes. Gives those that still count, the newest first. */
  add(model: Model, next: Model): Model[] {
    const until = Date.now() + (this.#options.keptMs ?? keptMsDefault);
    this.#models.unshift({ model, until });
    this.#models = contributing(this.#models, next);
    return this.current();
  }

  current(): Model[] {
    const now = Date.now();
    this.#models = this.#models.filter(({ until }) => until > now);
    this.#wait(now);
    return this.#models.map(({ model }) => model);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #wait(now: number): void {
    this.close();
    const oldest = this.#models.at(-1);
    if (oldest) this.#timer = setTimeout(() => this.#options.onOver(), oldest.until - now).unref();
  }
}

/** Those that have something which neither `next` nor a newer one has: what changes back and forth counts once. */
function contributing(models: Former[], next: Model): Former[] {
  let all = next;
  return models.filter(({ model }) => {
    const more = withMore(all, model);
    all = more ?? all;
    return more !== null;
  });
}
