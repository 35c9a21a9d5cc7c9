// A queue from code that sends to code that awaits: the outgoing half of a stream.
export class Outbox<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #isEnded = false;
  #wake: () => void = () => {};

  put(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  /** Ends the iteration after what is still waiting. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const item = this.#waiting.shift();
      if (item !== undefined) yield item;
      else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
