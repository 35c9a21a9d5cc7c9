// The plugin: what is recorded of whom, shared by its streams.
import { HttpContext, JsonTape, logCritical, RootContext, Slice } from "@weir/sdk/assembly";
import { Configuration } from "./configuration";
import { readConfiguration } from "./read-configuration";
import { RecordedStream } from "./stream";

/** The root context. */
@final
export class Recorder extends RootContext {
  configuration: Configuration = new Configuration();
  /** One for all streams: nothing in it outlives a callback. */
  readonly tape: JsonTape = new JsonTape();

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("recorder: " + problem);
    else this.configuration = read;
    return !problem.length;
  }

  createHttpContext(id: u32): HttpContext {
    return new RecordedStream(id, this);
  }
}
