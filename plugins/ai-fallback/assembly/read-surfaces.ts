// Reads what each cluster's provider can be asked for: a target that cannot serve a request has no place in its plan.
// And what it calls the models, where budgets go by that.
import { JsonFields, Slice } from "@weir/sdk/assembly";
import { ModelMapping, readMapping } from "@weir/dialects/surfaces/assembly/model-mapping";
import { surfaceNamed } from "@weir/dialects/surfaces/assembly/surface";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";

/** Reads `surfaces`, lists of names by cluster, into the targets of `routes`. */
export function readSurfaces(fields: JsonFields, routes: Route[]): void {
  const tape = fields.tape;
  const clusters = fields.object(tape.root, "surfaces", "surfaces");
  const served = new Map<string, u64>();
  for (let node = tape.first(clusters); node >= 0; node = tape.next(node)) {
    const cluster = tape.keyText(node).toText();
    served.set(cluster, readNames(fields, node, "surfaces." + cluster));
  }
  for (let i = 0; i < routes.length; ++i) {
    tell(routes[i].ranked, served);
    tell(routes[i].fallbacks, served);
  }
}

/** Names that are not known here are left alone. */
function readNames(fields: JsonFields, list: i32, path: string): u64 {
  const tape = fields.tape;
  let names: u64 = 0;
  for (let item = tape.first(list); item >= 0; item = tape.next(item)) {
    const surface = surfaceNamed(fields.textOf(item, path));
    if (surface) names |= (<u64>1) << surface.index;
  }
  return names;
}

function tell(targets: PlannedTarget[], served: Map<string, u64>): void {
  for (let i = 0; i < targets.length; ++i) {
    const cluster = targets[i].cluster.toText();
    if (served.has(cluster)) targets[i].surfaces = served.get(cluster);
  }
}

/** Reads `modelMappings`, by cluster, into the targets of `routes`. */
export function readMappings(fields: JsonFields, routes: Route[]): void {
  const tape = fields.tape;
  const clusters = fields.object(tape.root, "modelMappings", "modelMappings");
  for (let node = tape.first(clusters); node >= 0; node = tape.next(node)) {
    const cluster = tape.keyText(node);
    const mapping = new ModelMapping();
    readMapping(fields, node, mapping, "modelMappings." + cluster.toText());
    for (let i = 0; i < routes.length; ++i) {
      for (let j = 0; j < routes[i].ranked.length; ++j) giveMapping(routes[i].ranked[j], cluster, mapping);
      for (let j = 0; j < routes[i].fallbacks.length; ++j) giveMapping(routes[i].fallbacks[j], cluster, mapping);
    }
  }
}

function giveMapping(target: PlannedTarget, cluster: Slice, mapping: ModelMapping): void {
  if (target.cluster.equals(cluster)) target.mapping = mapping;
}
