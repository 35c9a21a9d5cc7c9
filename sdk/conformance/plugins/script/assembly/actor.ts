// Who performs a script: a root or a stream. Counts its events, remembers which guards hold, owns its callouts.
import { Context, continueRequest, logInfo, requestHeaders, Status } from "@weir/sdk/assembly";
import { Operation, Program } from "./program";
import { perform } from "./perform";

export class Actor {
  private readonly counts: Map<string, i32> = new Map<string, i32>();
  private readonly present: Set<string> = new Set<string>();
  /** What the present callback shall return. */
  answer: i32 = 0;

  /** The stream, once it has begun. */
  context: Context | null = null;

  constructor(readonly program: Program) {}

  /** Continues the request of this stream while a callback of another context runs. */
  continueFromElsewhere(): void {
    const context = this.context;
    if (context && context.activate() == Status.Ok) continueRequest();
  }

  /** Does what the script says for `event`, after telling what happened; returns what the callback shall return. */
  on(event: string, detail: string = ""): i32 {
    const count = (this.counts.has(event) ? this.counts.get(event) : 0) + 1;
    this.counts.set(event, count);
    logInfo(detail.length ? `> ${event} ${detail}` : `> ${event}`);
    return this.perform(event, count);
  }

  /** As on(), but without a word: for events that happen in several VMs at once. */
  quietly(event: string): i32 {
    return this.perform(event, 1);
  }

  /** Notes which of the headers that guards ask for the request has. */
  noteHeaders(): void {
    const operations = this.program.operations;
    for (let i = 0; i < operations.length; i++) {
      const header = operations[i].header;
      if (header.length && requestHeaders.getText(header) !== null) this.present.add(header);
    }
  }

  private perform(event: string, count: i32): i32 {
    this.answer = 0;
    const operations = this.program.operations;
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i];
      if (operation.event == event && this.applies(operation, count)) perform(operation, this);
    }
    return this.answer;
  }

  private applies(operation: Operation, count: i32): bool {
    if (operation.occurrence != 0 && operation.occurrence != count) return false;
    return operation.header.length == 0 || this.present.has(operation.header);
  }
}
