// A target as a route names it.
import { Slice, Writer } from "@weir/sdk/assembly";
import { Prompt } from "@weir/dialects/surfaces/assembly/context-window";
import { ModelMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { Surface } from "@weir/dialects/surfaces/assembly/surface";
import { hashOf } from "./hash";
import { Load } from "./load";
import { TargetContext } from "./target-context";

const DOT: u8 = 0x2e;
const SLASH: u8 = 0x2f;
const COOLDOWN = Slice.of("weir.cooldown.");

/** One entry of a route's `targets` or `fallbacks`. */
@final
export class PlannedTarget {
  /** Where the target's plugin keeps until when it is better left alone. */
  readonly cooldownKey: Slice;
  /** The surfaces that it serves, a bit for each by its index; all where nothing is known. */
  surfaces: u64 = u64.MAX_VALUE;
  /** Null where nothing is known of its models' contexts. */
  context: TargetContext | null = null;
  /** The providers' names by the clients'; null where nobody asks for them. */
  mapping: ModelMapping | null = null;
  /** What it has to do; null where nobody counts. */
  load: Load | null = null;
  /** What its model costs, for a comparison; by the client's names where the route does not say which model that is. */
  price: i32 = -1;
  prices: Map<string, i32> | null = null;
  /** What tells it from others where requests are spread by a hash. */
  readonly hash: u64;
  /** The target's name in the configuration, `openai` or `openai/key`: the cluster's, without what is behind it. */
  private readonly name: Slice;

  constructor(
    /** The cluster's name. */
    readonly cluster: Slice,
    /** The provider's name of the model; empty leaves it to the target. */
    readonly model: Slice,
    /** How much of the traffic it takes, beside the others' weights. */
    readonly weight: i32,
  ) {
    this.cooldownKey = new Writer().bytes(COOLDOWN).bytes(cluster).take();
    this.hash = hashOf(model, hashOf(cluster));
    const dot = cluster.lastIndexOf(DOT);
    this.name = dot < 0 ? cluster : cluster.slice(0, dot);
  }

  /** Whether it serves the surface. */
  serves(surface: Surface): bool {
    return ((this.surfaces >> surface.index) & 1) != 0;
  }

  /** What its provider calls the client's `model`. */
  providerModel(model: Slice): Slice {
    const mapping = this.mapping;
    return this.model.length ? this.model : mapping ? mapping.map(model) : model;
  }

  /** Whether its model may hold the prompt, where the client asks for `model`. */
  holds(prompt: Prompt, model: Slice): bool {
    const context = this.context;
    return context ? context.holds(prompt, this.model, model) : true;
  }

  /** Whether `name` is that of the target, or of its provider. The case does not count. */
  isNamed(name: Slice): bool {
    const own = this.name;
    if (own.length == name.length) return own.equalsIgnoreCase(name);
    return own.at(name.length) == SLASH && own.slice(0, name.length).equalsIgnoreCase(name);
  }

  /** What the client's `model` costs at it; -1 where nobody knows. */
  priceOf(model: Slice): i32 {
    const prices = this.prices;
    if (!prices) return this.price;
    const name = model.toText();
    return prices.has(name) ? prices.get(name) : -1;
  }

  /** Whether an attempt at the one would be the same as at the other. */
  isLike(other: PlannedTarget): bool {
    return this.cluster.equals(other.cluster) && this.model.equals(other.model);
  }
}
