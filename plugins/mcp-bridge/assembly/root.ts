// The plugin: its configuration, and what its streams share.
import { HttpContext, JsonTape, logCritical, logWarn, RootContext, Slice } from "@weir/sdk/assembly";
import { Configuration, readConfiguration } from "./configuration";
import { InFlight } from "./relay/in-flight";
import { BridgeStream } from "./stream";

/** The root context. */
@final
export class McpBridge extends RootContext {
  configuration: Configuration = new Configuration();
  /** One for all streams: nothing in it outlives a callback. */
  readonly tape: JsonTape = new JsonTape();
  readonly inFlight: InFlight = new InFlight();

  onConfigure(configuration: Slice): bool {
    const read = new Configuration();
    const problem = readConfiguration(configuration, read);
    if (problem.length) logCritical("mcp-bridge: " + problem);
    else this.configuration = read;
    for (let i = 0; i < read.servers.length; ++i) {
      const server = read.servers[i];
      if (server.problem.length) logWarn("mcp-bridge: " + server.name.toText() + " cannot serve: " + server.problem);
    }
    return !problem.length;
  }

  onTick(): void {
    this.inFlight.check(this.id);
  }

  createHttpContext(id: u32): HttpContext {
    return new BridgeStream(id, this);
  }
}
