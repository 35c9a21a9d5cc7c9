// The plugin: its configuration, and what its streams share.
import { HttpContext, JsonTape, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { Checkpoint } from "./checkpoint";
import { Configuration } from "./configuration";
import { readConfiguration } from "./read-configuration";
import { LimitStream } from "./stream";

/** The root context. */
@final
export class TokenRatelimit extends RootContext {
  configuration: Configuration = new Configuration();
  /** One for all streams: nothing in it outlives a callback. */
  readonly tape: JsonTape = new JsonTape();
  readonly checkpoint: Checkpoint;

  constructor(id: u32) {
    super(id);
    this.checkpoint = new Checkpoint(id);
  }

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("token-ratelimit: " + problem);
    if (problem.length) return false;
    this.configuration = read;
    this.checkpoint.begin(read.keeper, read.rules);
    return true;
  }

  onTick(): void {
    this.checkpoint.onTick();
  }

  createHttpContext(id: u32): HttpContext {
    return new LimitStream(id, this);
  }
}
