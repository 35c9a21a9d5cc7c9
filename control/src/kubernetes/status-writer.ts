// Puts what objects are to be told into their statuses, and what has no place there into events.
import { isDeepStrictEqual } from "node:util";
import { ApiError, type KubernetesApi } from "./api.ts";
import { apiVersionOf } from "./kinds.ts";
import type { Notice } from "./notice.ts";
import { keyOf, type Objects } from "./objects.ts";
import type { StatusWrite } from "./translate.ts";

/** At once; the API server's own limits on a client are more. */
const parallelMax = 20;
const retryMs = 200;

export interface StatusWriterOptions {
  api: KubernetesApi;
  /** As they are now. */
  objects: () => Objects;
  /** Some of it has to be found out anew, and told again. */
  onMiss: () => void;
}

type Task = () => Promise<boolean>;

export class StatusWriter {
  readonly #options: StatusWriterOptions;
  /** What was told already. */
  readonly #told = new Set<string>();
  #tasks: Task[] = [];
  readonly #workers = new Set<Promise<void>>();
  #hasMissed = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * Has all of it written, in place of what is not written yet of the time before. Thousands of objects take a while;
   * nobody has to wait for it.
   */
  write(statuses: StatusWrite[], notices: Notice[]): void {
    this.#tasks = [
      ...statuses.filter((write) => this.#isNew(write)).map((write) => () => this.#writeStatus(write)),
      ...notices.filter((notice) => this.#isUntold(notice)).map((notice) => () => this.#tell(notice)),
    ];
    const more = Math.min(this.#tasks.length, parallelMax - this.#workers.size);
    for (let i = 0; i < more; i++) this.#start();
  }

  /** Leaves what is not written yet, and resolves when nothing is under way. */
  async drop(): Promise<void> {
    this.#tasks = [];
    await Promise.all(this.#workers);
    if (this.#timer) clearTimeout(this.#timer);
  }

  #start(): void {
    const worker = this.#work().finally(() => {
      this.#workers.delete(worker);
      if (this.#workers.size === 0) this.#end();
    });
    this.#workers.add(worker);
  }

  async #work(): Promise<void> {
    for (let task = this.#tasks.shift(); task; task = this.#tasks.shift()) {
      if (!(await task())) this.#hasMissed = true;
    }
  }

  #end(): void {
    if (!this.#hasMissed) return;
    this.#hasMissed = false;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#options.onMiss, retryMs);
  }

  #isNew({ kind, object, status }: StatusWrite): boolean {
    const current = this.#options.objects()[kind].get(keyOf(object)) as { status?: object } | undefined;
    return current !== undefined && !isDeepStrictEqual(current.status, status);
  }

  async #writeStatus(write: StatusWrite): Promise<boolean> {
    const { kind, object, status } = write;
    // The same may have been on its way already.
    if (!this.#isNew(write)) return true;
    const current = this.#options.objects()[kind].get(keyOf(object));
    if (current?.metadata.uid !== object.metadata.uid) return true;
    return succeeds(this.#options.api.writeStatus(kind, current ?? object, status));
  }

  #isUntold(notice: Notice): boolean {
    return !this.#told.has(textOf(notice));
  }

  async #tell(notice: Notice): Promise<boolean> {
    if (!this.#isUntold(notice)) return true;
    this.#told.add(textOf(notice));
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
    const isDone = await succeeds(this.#options.api.ask("POST", `/api/v1/namespaces/${namespace}/events`, body));
    if (!isDone) this.#told.delete(textOf(notice));
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
