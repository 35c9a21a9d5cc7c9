// The plugin: its configuration, and what its streams share.
import { HttpContext, JsonTape, logCritical, RootContext, setTickPeriodMs, Slice } from "@weir/sdk/assembly";
import { Checkpoint } from "./checkpoint";
import { Configuration } from "./configuration";
import { readConfiguration } from "./read-configuration";
import { settleAgain } from "./settlements";
import { LimitStream } from "./stream";

const TICK_MS: u32 = 1000;

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
    if (read.service) setTickPeriodMs(TICK_MS);
    this.checkpoint.begin(read.keeper, read.rules);
    return true;
  }

  onTick(): void {
    if (this.checkpoint.isKeeping) this.checkpoint.onTick();
    settleAgain(this.id);
  }

  createHttpContext(id: u32): HttpContext {
    return new LimitStream(id, this);
  }
}
