// Conditions of statuses: what is, since when, and of which generation that was told.
import type { Condition } from "./gateway/objects.ts";

/** `true` is spelled by its reason. */
export interface Told {
  type: string;
  isTrue: boolean;
  reason: string;
  message?: string;
}

export interface Telling {
  /** As they are in the object's status. */
  before: Condition[] | undefined;
  generation: number | undefined;
  now: string;
}

export function conditionsOf(told: Told[], { before = [], generation = 0, now }: Telling): Condition[] {
  return told.map(({ type, isTrue, reason, message = "" }) => {
    const status = isTrue ? "True" : "False";
    const previous = before.find((one) => one.type === type);
    const lastTransitionTime = previous?.status === status ? previous.lastTransitionTime : now;
    return { type, status, reason, message, observedGeneration: generation, lastTransitionTime };
  });
}

export function isTrue(type: string, reason = type): Told {
  return { type, isTrue: true, reason };
}

export function isFalse(type: string, reason: string, message: string): Told {
  return { type, isTrue: false, reason, message };
}
