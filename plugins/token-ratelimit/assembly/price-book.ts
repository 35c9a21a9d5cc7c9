// The prices of models at targets: of the one that a request goes to first, and of the one that has answered it.
import { getProperty, JsonTape, propertyPath, Slice } from "@weir/sdk/assembly";
import { ModelMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { ModelTable } from "@weir/dialects/surfaces/assembly/model-table";
import { Price } from "./price";

const CLUSTER_NAME = propertyPath("xds", "cluster_name");
// Of the plugin ai-fallback; and of the targets' plugin, which says the provider's name where it is another one.
const PLAN = Slice.of("weir.plan");
const MODEL = Slice.of("weir.model");
const PROVIDER_MODEL = Slice.of("weir.provider_model");
const TARGETS = Slice.of("targets");
const PLANNED_MODEL = Slice.of("model");
const ASKED = Slice.of("asked");

/** Prices by the providers' names of models. */
@final
export class PriceTable {
  readonly models: ModelTable = new ModelTable();
  /** In the order of the rows of `models`. */
  readonly prices: Price[] = [];

  find(model: Slice): Price | null {
    const index = this.models.find(model);
    return index < 0 ? null : this.prices[index];
  }
}

/** What is known of the prices at one target. */
@final
export class PricedTarget {
  readonly mapping: ModelMapping = new ModelMapping();

  constructor(private readonly table: PriceTable) {}

  /** By the provider's name of the model. */
  price(providerModel: Slice): Price | null {
    return providerModel.length ? this.table.find(providerModel) : null;
  }
}

/** The prices at all targets. */
@final
export class PriceBook {
  /** By cluster. */
  readonly targets: Map<string, PricedTarget> = new Map<string, PricedTarget>();

  /** What the client's `model` costs at `cluster`, where the request's plan, if there is one, begins. */
  first(tape: JsonTape, cluster: Slice, model: Slice): Price | null {
    const target = this.at(cluster);
    if (!target) return null;
    const plan = getProperty(PLAN);
    let asked = model;
    if (plan && !tape.scan(plan)) {
      const planned = tape.first(tape.find(tape.root, TARGETS));
      const own = tape.text(tape.find(planned, PLANNED_MODEL));
      if (own.length) return target.price(own);
      const other = tape.text(tape.find(planned, ASKED));
      if (other.length) asked = other;
    }
    return target.price(target.mapping.map(asked));
  }

  /** What the model costs that has answered. */
  settled(): Price | null {
    const cluster = getProperty(CLUSTER_NAME);
    const target = cluster ? this.at(cluster) : null;
    if (!target) return null;
    const own = getProperty(PROVIDER_MODEL);
    const model = own ? own : getProperty(MODEL);
    return model ? target.price(model) : null;
  }

  private at(cluster: Slice): PricedTarget | null {
    const name = cluster.toText();
    return this.targets.has(name) ? this.targets.get(name) : null;
  }
}
