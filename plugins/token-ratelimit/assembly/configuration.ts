// The configuration of one plugin instance.
import { Slice } from "@weir/sdk/assembly";
import { GlobalService } from "./global-service";
import { PriceBook } from "./price-book";
import { Rule } from "./rule";

const bodyBytesMaxDefault: i32 = 32 * 1024 * 1024;

/** Read by read-configuration.ts. */
@final
export class Configuration {
  bodyBytesMax: i32 = bodyBytesMaxDefault;
  /** In the order in which they are asked. */
  readonly rules: Rule[] = [];
  /** Those of them that hold for messages to MCP servers: they count requests. */
  readonly callRules: Rule[] = [];
  /** Whether there are MCP servers. */
  hasCalls: bool = false;
  /** Whether some limit goes by the tool that such a message calls. */
  needsCallBody: bool = false;
  /** Names of providers by their clusters. */
  readonly providers: Map<string, Slice> = new Map<string, Slice>();
  /** Null where no limit counts what tokens cost. */
  prices: PriceBook | null = null;
  /** Whether requests go to cheaper models where a budget is spent. */
  budgetsMove: bool = false;
  /** Whether some limit goes by what only the body tells. */
  needsBody: bool = false;
  /** Counts for a fleet; null where each Envoy counts by itself. */
  service: GlobalService | null = null;
  /** The cluster of whoever keeps the counters; empty for nobody. */
  keeper: string = "";
}
