// Reads which clusters' requests are counted, and how many each may have.
import { JsonFields } from "@weir/sdk/assembly";
import { Load } from "./load";
import { PlannedTarget } from "./planned-target";
import { Route } from "./route";

/** Reads `maxConcurrentRequests`, numbers by cluster (0: counted without a limit), into the targets of `routes`. */
export function readLoads(fields: JsonFields, routes: Route[], loads: Load[]): void {
  const tape = fields.tape;
  const clusters = fields.object(tape.root, "maxConcurrentRequests", "maxConcurrentRequests");
  const byCluster = new Map<string, Load>();
  for (let node = tape.first(clusters); node >= 0; node = tape.next(node)) {
    const cluster = tape.keyText(node).copy();
    const name = cluster.toText();
    const limit = fields.integer(clusters, name, 0, 0, "maxConcurrentRequests." + name);
    const load = new Load(cluster, limit);
    byCluster.set(name, load);
    loads.push(load);
  }
  for (let i = 0; i < routes.length; ++i) {
    tell(routes[i], routes[i].ranked, byCluster);
    tell(routes[i], routes[i].fallbacks, byCluster);
  }
}

function tell(route: Route, targets: PlannedTarget[], byCluster: Map<string, Load>): void {
  for (let i = 0; i < targets.length; ++i) {
    const cluster = targets[i].cluster.toText();
    if (!byCluster.has(cluster)) continue;
    targets[i].load = byCluster.get(cluster);
    route.isCounted = true;
  }
}
