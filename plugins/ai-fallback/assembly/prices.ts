// What models cost at targets, for requests that wish for a price. What is not known is not cheap.
import { Slice } from "@weir/sdk/assembly";
import { PlannedTarget } from "./planned-target";

/** Pico-dollars a token; which is the same number as millionths of a dollar for a million. */
@final
export class Price {
  constructor(
    readonly input: f64,
    readonly output: f64,
  ) {}

  /** Of a token of each. */
  get sum(): f64 {
    return this.input + this.output;
  }
}

/** All that are known. */
@final
export class Prices {
  private readonly byPlace: Map<string, Price> = new Map<string, Price>();

  /** Adds the price of a model at a cluster. */
  add(cluster: string, model: string, price: Price): void {
    this.byPlace.set(placeOf(cluster, model), price);
  }

  /** What the target would cost for `model`, or for its own; null where nobody knows. */
  find(target: PlannedTarget, model: Slice): Price | null {
    const own = target.model.length ? target.model : model;
    const place = placeOf(target.cluster.toText(), own.toText());
    return this.byPlace.has(place) ? this.byPlace.get(place) : null;
  }
}

function placeOf(cluster: string, model: string): string {
  return cluster + " " + model;
}
