// The shape of every file in this folder: one Envoy HTTP filter each.
import type { Model } from "../../model/model.ts";
import type { TranslateOptions } from "../options.ts";
import type { ProtoJson } from "../resources.ts";

export interface HttpFilter {
  name: string;
  /** Its entry in the chain. It never depends on the filter's configuration, so that no chain is ever rebuilt. */
  chain: ProtoJson;
  /** The resource by which Envoy learns the filter's configuration; a filter without one is complete in `chain`. */
  extension?(model: Model, options: TranslateOptions): ProtoJson;
  /** Whether any route of the model runs it; without this, one always does. A plugin that none runs is not loaded. */
  isNeeded?(model: Model): boolean;
}
