// The configuration of one plugin instance.
import { Slice } from "@weir/sdk/assembly";
import { SpentBudget } from "./spent-budget";

const bodyBytesMaxDefault: i32 = 32 * 1024 * 1024;

/** Read by read-configuration.ts. */
@final
export class Configuration {
  readonly budgets: SpentBudget[] = [];
  /** The members of a body's metadata that are tags. */
  readonly metadataTags: Slice[] = [];
  /** A longer body has no tags: somebody else refuses it. */
  bodyBytesMax: i32 = bodyBytesMaxDefault;
}
