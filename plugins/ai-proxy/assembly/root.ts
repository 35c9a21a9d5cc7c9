// The plugin: its configuration, and what its streams share.
import { HttpContext, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { Configuration, readConfiguration } from "./configuration";
import { Deadlines } from "./deadlines";
import { Scratch } from "./exchange";
import { AiStream } from "./stream";

/** The root context. */
@final
export class AiProxy extends RootContext {
  configuration: Configuration = new Configuration();
  readonly scratch: Scratch = new Scratch();
  readonly deadlines: Deadlines = new Deadlines();

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read, this.id);
    if (problem.length) logCritical("ai-proxy: " + problem);
    else {
      this.configuration = read;
      read.targets.forgetOtherFingerprints();
    }
    return !problem.length;
  }

  onTick(): void {
    this.deadlines.onTick();
  }

  createHttpContext(id: u32): HttpContext {
    return new AiStream(id, this);
  }
}
