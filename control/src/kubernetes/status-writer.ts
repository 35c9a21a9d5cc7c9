// Puts what objects are to be told into their statuses, and what has no place there into events.
import { isDeepStrictEqual } from "node:util";
import { ApiError, type KubernetesApi } from "./api.ts";
import { apiVersionOf } from "./kinds.ts";
import type { Notice } from "./notice.ts";
import { keyOf, type Objects } from "./objects.ts";
import type { StatusWrite } from "./translate.ts";

/** At once; the API server's own limits on a client are more. */
const parallelMax = 20;

export class StatusWriter {
  readonly #api: KubernetesApi;
  readonly #objects: () => Objects;
  /** What was told already. */
  readonly #told = new Set<string>();

  constructor(api: KubernetesApi, objects: () => Objects) {
    this.#api = api;
    this.#objects = objects;
  }

  /** False where some of it has to be tried again. */
  async write(statuses: StatusWrite[], notices: Notice[]): Promise<boolean> {
    const tasks = [
      ...statuses.filter((write) => this.#isNew(write)).map((write) => () => this.#writeStatus(write)),
      ...notices.filter((notice) => this.#isUntold(notice)).map((notice) => () => this.#tell(notice)),
    ];
    const results: boolean[] = [];
    const work = async (): Promise<void> => {
      for (let task = tasks.shift(); task; task = tasks.shift()) results.push(await task());
    };
    await Promise.all(Array.from({ length: parallelMax }, work));
    return results.every(Boolean);
  }

  #isNew({ kind, object, status }: StatusWrite): boolean {
    const current = this.#objects()[kind].get(keyOf(object)) as { status?: object } | undefined;
    return current !== undefined && !isDeepStrictEqual(current.status, status);
  }

  async #writeStatus({ kind, object, status }: StatusWrite): Promise<boolean> {
    const current = this.#objects()[kind].get(keyOf(object));
    if (current?.metadata.uid !== object.metadata.uid) return true;
    return succeeds(this.#api.writeStatus(kind, current ?? object, status));
  }

  #isUntold(notice: Notice): boolean {
    return !this.#told.has(textOf(notice));
  }

  async #tell(notice: Notice): Promise<boolean> {
    const { kind, object, reason, message } = notice;
    const { namespace = "default", name, uid } = object.metadata;
    const time = new Date().toISOString();
    const body = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { generateName: `${name}.`, namespace },
      involvedObject: { apiVersion: apiVersionOf(kind), kind, namespace, name, uid },
      type: "Warning",
      reason,
      message,
      source: { component: "weir" },
      firstTimestamp: time,
      lastTimestamp: time,
      count: 1,
    };
    const isDone = await succeeds(this.#api.ask("POST", `/api/v1/namespaces/${namespace}/events`, body));
    if (isDone) this.#told.add(textOf(notice));
    return isDone;
  }
}

/** An object that has changed or gone since gets its status when that is known. */
async function succeeds(asked: Promise<unknown>): Promise<boolean> {
  try {
    await asked;
    return true;
  } catch (error) {
    return error instanceof ApiError && (error.status === 404 || error.status === 403);
  }
}

function textOf({ object, reason, message }: Notice): string {
  return `${object.metadata.uid} ${reason} ${message}`;
}
