// What key-auth makes of a caller: whether a key is needed, and what the one that is given may do.
import type { Consumer, ConsumerKey } from "../model/auth.ts";
import { matchesModel } from "../model/match-model.ts";
import type { Model, Route } from "../model/model.ts";

/** The key of a consumer that a request is to be explained for, `consumer/key`; null when there is none. */
export function findKey(model: Model, caller: string): ConsumerKey | null {
  const [consumer, key] = caller.split("/");
  const keys = model.auth?.consumers.find(({ name }) => name === consumer)?.keys ?? [];
  return keys.find(({ name }) => name === key) ?? null;
}

/** Who has that key. */
export function findConsumer(model: Model, caller: string): Consumer | null {
  return model.auth?.consumers.find(({ name }) => name === caller.split("/")[0]) ?? null;
}

/** All callers that there are, as `findKey` takes them. */
export function callersOf(model: Model): string[] {
  const consumers = model.auth?.consumers ?? [];
  return consumers.flatMap(({ name, keys }) => keys.map((key) => `${name}/${key.name}`));
}

/** Whether a request that may end at any of `serving` needs a key. One that may end at none needs one too. */
export function needsKey(model: Model, serving: Route[]): boolean {
  const isOpen = serving.length > 0 && serving.every(({ auth }) => auth === "none");
  return model.auth !== null && !isOpen;
}

/** Why no request with this key gets any further; null when it does. */
export function whyRefused(key: ConsumerKey, serving: Route[]): { status: number; reason: string } | null {
  if (key.disabled) return { status: 401, reason: "The key is disabled" };
  if (key.expiresMs !== null && key.expiresMs <= Date.now()) return { status: 401, reason: "The key has expired" };
  if (key.routes === null || serving.some((route) => mayUseRoute(key, route))) return null;
  return { status: 404, reason: `The key may use no route here, only ${key.routes.join(", ")}` };
}

export function mayUseRoute({ routes }: ConsumerKey, { name }: Route): boolean {
  return routes === null || routes.includes(name);
}

export function mayUseModel({ models }: ConsumerKey, model: string): boolean {
  return models === null || models.some((pattern) => matchesModel(pattern, model));
}
