// What Envoys ask about their counters, answered from the file that keeps them. A file that cannot be used costs nobody
// a request: the counters are then kept as long as this process lives.
import { Code, ConnectError, type ConnectRouter } from "@connectrpc/connect";
import { KeptCounters, type KeptCounter } from "./kept-counters.ts";
import { countersService, type RestoreRequest, type RestoreResponse } from "./protocol.ts";
import type { SaveRequest, SaveResponse } from "./protocol.ts";

export interface CounterServiceOptions {
  /** The file that keeps them. */
  path: string;
  now?: () => number;
  /** Called once for each time that it begins. */
  onTrouble?: (message: string) => void;
  onRecovery?: (message: string) => void;
}

const nothing = new Uint8Array();

export class CounterService {
  readonly #options: CounterServiceOptions;
  readonly #now: () => number;
  #counters: KeptCounters | null = null;
  #isFailing = false;

  constructor(options: CounterServiceOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** For the door at which Envoys ask for their configuration. */
  readonly routes = (router: ConnectRouter): void => {
    const methods = {
      restore: (request: unknown) => this.#answer(() => this.#restore(request as RestoreRequest)),
      save: (request: unknown) => this.#answer(() => this.#save(request as SaveRequest)),
    };
    // The service is made at run time, so no type can say what its methods are.
    router.service(countersService(), methods as never);
  };

  /** Every counter that still says something. */
  list(): KeptCounter[] {
    return this.#open().list(this.#now());
  }

  close(): void {
    this.#counters?.close();
    this.#counters = null;
  }

  #restore({ envoy, life, after }: RestoreRequest): RestoreResponse {
    const counters = this.#open();
    const current = life.length > 0 ? life : Buffer.from(String(counters.begin(envoy, this.#now())));
    const { shards, next } = counters.page(envoy, Buffer.from(after).toString());
    return { life: current, shards, next: Buffer.from(next) };
  }

  #save({ envoy, life, shards }: SaveRequest): SaveResponse {
    const number = Number(Buffer.from(life).toString());
    if (!Number.isSafeInteger(number)) throw new ConnectError("No life is called so", Code.InvalidArgument);
    const isKnown = this.#open().save(envoy, number, shards, this.#now());
    return { again: isKnown ? nothing : Buffer.from("all") };
  }

  #answer<T>(answer: () => T): T {
    try {
      const answered = answer();
      if (this.#isFailing) this.#options.onRecovery?.("Counters of limits are kept again");
      this.#isFailing = false;
      return answered;
    } catch (error) {
      if (error instanceof ConnectError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      if (!this.#isFailing) this.#options.onTrouble?.(`Counters of limits cannot be kept: ${message}`);
      this.#isFailing = true;
      throw new ConnectError("The counters cannot be kept", Code.Unavailable);
    }
  }

  #open(): KeptCounters {
    this.#counters ??= this.#openFile();
    return this.#counters;
  }

  #openFile(): KeptCounters {
    const { path, onTrouble } = this.#options;
    try {
      return new KeptCounters(path);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      onTrouble?.(`Counters of limits do not outlive this process: ${path} cannot be used: ${message}`);
      return new KeptCounters(":memory:");
    }
  }
}
