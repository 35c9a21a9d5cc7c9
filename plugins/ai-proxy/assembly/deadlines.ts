// Requests that wait for an answer with a limit to all their attempts: Envoy's own timeout would go on while an answer
// streams. A timer runs only while there are any.
import { setTickPeriodMs } from "@weir/sdk/assembly";
import { AiStream } from "./stream";

const tickMs: u32 = 20;

/** Those of one plugin instance. */
@final
export class Deadlines {
  private readonly waiting: AiStream[] = [];

  /** Watches the stream until its attempt is settled. */
  add(stream: AiStream): void {
    if (!this.waiting.length) setTickPeriodMs(tickMs);
    this.waiting.push(stream);
  }

  /** Answers those whose time is over. */
  onTick(): void {
    const waiting = this.waiting;
    let kept = 0;
    for (let i = 0, count = waiting.length; i < count; ++i) {
      const stream = waiting[i];
      if (stream.isWaiting && !stream.expire()) waiting[kept++] = stream;
    }
    waiting.length = kept;
    if (!kept) setTickPeriodMs(0);
  }
}
