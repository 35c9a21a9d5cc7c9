// What the plugins of a scenario have logged so far on Envoy. Client and provider keep step by it: a piece is sent when
// the plugin has seen the one before, so that pieces stay apart however slow the machine is.
import { setTimeout as pause } from "node:timers/promises";

/** A plugin that tells nothing in this time does not hear of the piece: it holds everything, or is dead. */
const silenceMs = 120;

export class EventLog {
  /** Lines by plugin. */
  readonly lines: string[][];
  #waiting: { prefix: string; heard: () => void }[] = [];

  constructor(plugins: number) {
    this.lines = Array.from({ length: plugins }, () => []);
  }

  /** A plugin has logged a line. */
  note(plugin: number, line: string): void {
    this.lines[plugin]?.push(line);
    const heard = this.#waiting.filter(({ prefix }) => line.startsWith(prefix));
    this.#waiting = this.#waiting.filter((waiter) => !heard.includes(waiter));
    for (const waiter of heard) waiter.heard();
  }

  /** Does `action` and waits for a line that begins with `prefix`, but not for long. */
  async step(prefix: string, action: () => void): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ prefix, heard: resolve });
    action();
    await Promise.race([promise, pause(silenceMs)]);
  }
}
