// The plugin: its configuration, and what its streams share.
import { HttpContext, JsonTape, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { Configuration, readConfiguration } from "./configuration";
import { Loads } from "./loads";
import { FallbackStream } from "./stream";

/** The root context. */
@final
export class AiFallback extends RootContext {
  configuration: Configuration = new Configuration();
  /** One for all streams: nothing in it outlives a callback. */
  readonly tape: JsonTape = new JsonTape(1);
  readonly loads: Loads = new Loads();

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("ai-fallback: " + problem);
    else this.configuration = read;
    return !problem.length;
  }

  onTick(): void {
    this.loads.onTick(this.configuration.loads);
  }

  createHttpContext(id: u32): HttpContext {
    return new FallbackStream(id, this);
  }
}
