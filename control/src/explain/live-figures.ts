// What a running Weir knows of the targets, as far as a plan goes by it.
import { mapModel } from "../model/match-model.ts";
import type { Model } from "../model/model.ts";
import type { Fallback } from "../model/routing.ts";
import type { Surface } from "../model/surface.ts";
import type { Plan, RunningTarget, TargetNow } from "./explanation.ts";

/** Of which request it is to be known. */
export interface Asked {
  surface: Surface;
  isStream: boolean;
  /** What the client's model stands for. */
  name: string | null;
}

/** Surfaces that metrics call by one name. */
const chats = new Set<Surface>([
  "chat/completions",
  "completions",
  "responses",
  "messages",
  "generateContent",
  "streamGenerateContent",
]);

export class LiveFigures {
  readonly #model: Model;
  readonly #targets: readonly RunningTarget[];
  readonly #asked: Asked;

  constructor(model: Model, targets: readonly RunningTarget[], asked: Asked) {
    this.#model = model;
    this.#targets = targets;
    this.#asked = asked;
  }

  /** Null where nothing is known of the target. */
  of(planned: Fallback, balance: Plan["balance"]): TargetNow | null {
    const found = this.#targets.find(({ target }) => target === planned.target);
    if (!found) return null;
    const { state, requestsActive } = found;
    return { state, requestsActive, usualMs: this.#usual(found, planned, balance) };
  }

  #usual({ speeds }: RunningTarget, { target, model }: Fallback, balance: Plan["balance"]): number | null {
    if (balance !== "fastest" && balance !== "throughput") return null;
    const { surface, isStream, name } = this.#asked;
    const mapping = this.#model.targets.find((one) => one.name === target)?.modelMapping ?? [];
    const own = model ?? (name === null ? "" : mapModel(mapping, name).model);
    const operation = chats.has(surface) ? "chat" : surface;
    const kind = balance === "throughput" ? "hundred_tokens" : isStream ? "first_token" : "answer";
    const speed = speeds.find((one) => one.model === own && one.operation === operation && one.of === kind);
    return speed?.milliseconds ?? null;
  }
}
